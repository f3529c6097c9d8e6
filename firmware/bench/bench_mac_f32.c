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
static int32_t many(int32_t n, int32_t m) { return n + 0 * m; }
static int32_t one(int32_t n, int32_t m) { return 1 + 0 * (n + m); }
static int64_t work(int32_t n, int32_t m) { return n + 0 * m; }

const struct bench_program bench_mac_f32_program = {
    .name = "mac_f32",
    .group = "multiply-adds",
    .title = "multiply-adds, float32",
    .unit = "MAC",
    .x_type = BENCH_F32,
    .w_type = BENCH_F32,
    .out_type = BENCH_F32,
    .memories = BENCH_FLASH | BENCH_RAM | BENCH_OTHERS,
    .sizes = {{16, 0}, {64, 0}, {250, 0}, {1024, 0}},
    .x_offsets = {0},
    .w_offsets = {0, 4},
    .x_elements = many,
    .w_elements = many,
    .out_elements = one,
    .work = work,
    .run = bench_mac_f32,
};
#endif
