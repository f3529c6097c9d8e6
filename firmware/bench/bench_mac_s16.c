/* The sum of n products of int16, modulo 2^32: SMLAD where there is one. */
#include "assay_dsp.h"
#include "bench_program.h"

ASSAY_INLINE uint32_t bench_mac_s16_two(const int16_t *a, const int16_t *b, uint32_t sum) {
#if ASSAY_HAS_DSP
  return (uint32_t)assay_smlad(assay_load(a), assay_load(b), (int32_t)sum);
#else
  return sum + (uint32_t)((int32_t)a[0] * b[0]) + (uint32_t)((int32_t)a[1] * b[1]);
#endif
}

BENCH_RUN(mac_s16) {
  const int16_t *a = (const int16_t *)x, *b = (const int16_t *)w;
  uint32_t sum = 0;
  int32_t i = 0;
  for (; i + 8 <= n; i += 8) {
    sum = bench_mac_s16_two(a + i, b + i, sum);
    sum = bench_mac_s16_two(a + i + 2, b + i + 2, sum);
    sum = bench_mac_s16_two(a + i + 4, b + i + 4, sum);
    sum = bench_mac_s16_two(a + i + 6, b + i + 6, sum);
  }
  for (; i < n; ++i) sum += (uint32_t)((int32_t)a[i] * b[i]);
  *(int32_t *)out = (int32_t)sum;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_mac_s16_program = {
    BENCH_MAC_SHAPE,     .name = "mac_s16",    .title = "multiply-adds, int16",
    .x_type = BENCH_S16, .w_type = BENCH_S16,  .out_type = BENCH_S32,
    .w_offsets = {0, 2}, .run = bench_mac_s16,
};
#endif
