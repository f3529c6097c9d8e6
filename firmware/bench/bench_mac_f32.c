/* The sum of n products of float32 in four chains, fused where the core fuses. */
#include "bench_program.h"

#if defined(__ARM_FEATURE_FMA) || defined(__riscv_flen)
#define BENCH_FMA(a, b, c) __builtin_fmaf(a, b, c)
#else
#define BENCH_FMA(a, b, c) ((a) * (b) + (c))
#endif

BENCH_RUN(mac_f32) {
  const float *a = (const float *)x, *b = (const float *)w;
  float p = 0.0f, q = 0.0f, r = 0.0f, s = 0.0f;
  int32_t i = 0;
  for (; i + 4 <= n; i += 4) {
    p = BENCH_FMA(a[i], b[i], p);
    q = BENCH_FMA(a[i + 1], b[i + 1], q);
    r = BENCH_FMA(a[i + 2], b[i + 2], r);
    s = BENCH_FMA(a[i + 3], b[i + 3], s);
  }
  for (; i < n; ++i) p = BENCH_FMA(a[i], b[i], p);
  *(float *)out = (p + q) + (r + s);
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_mac_f32_program = {
    BENCH_MAC_SHAPE,     .name = "mac_f32",    .title = "multiply-adds, float32",
    .x_type = BENCH_F32, .w_type = BENCH_F32,  .out_type = BENCH_F32,
    .w_offsets = {0, 4}, .run = bench_mac_f32,
};
#endif
