/* exp of n float32 between -8 and 8, by the C library that the target's compiler brings. */
#include <math.h>

#include "bench_program.h"

BENCH_RUN(exp_f32) {
  const float *in = (const float *)x;
  float *to = (float *)out;
  int32_t i;
  for (i = 0; i < n; ++i) to[i] = expf(8.0f * in[i]);
  (void)w;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_exp_f32_program = {
    .name = "exp_f32",
    .group = "signals",
    .title = "exp, float32",
    .unit = "value",
    .x_type = BENCH_F32,
    .w_type = BENCH_F32,
    .out_type = BENCH_F32,
    .memories = BENCH_NO_TABLE,
    .needs_libm = 1,
    .sizes = {{16, 0}, {64, 0}, {250, 0}},
    .x_offsets = {0, 4},
    .w_offsets = {0},
    .x_elements = bench_n,
    .w_elements = bench_none,
    .out_elements = bench_n,
    .work = bench_work_n,
    .run = bench_exp_f32,
};
#endif
