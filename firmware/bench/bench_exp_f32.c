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
static int32_t many(int32_t n, int32_t m) { return n + 0 * m; }
static int32_t none(int32_t n, int32_t m) { return 0 * (n + m); }
static int64_t work(int32_t n, int32_t m) { return n + 0 * m; }

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
    .x_elements = many,
    .w_elements = none,
    .out_elements = many,
    .work = work,
    .run = bench_exp_f32,
};
#endif
