/* The sum of n products of int8, as a good kernel's inner loop makes it: SMLAD where there is one,
 * words loaded at any alignment. */
#include "assay_dsp.h"
#include "bench_program.h"

ASSAY_INLINE uint32_t bench_mac_s8_four(const int8_t *a, const int8_t *b, uint32_t sum) {
#if ASSAY_HAS_DSP
  const uint32_t p = assay_load(a), q = assay_load(b);
  sum = (uint32_t)assay_smlad(assay_sxtb16(p), assay_sxtb16(q), (int32_t)sum);
  return (uint32_t)assay_smlad(assay_sxtb16_ror8(p), assay_sxtb16_ror8(q), (int32_t)sum);
#else
  return sum + (uint32_t)((int32_t)a[0] * b[0] + (int32_t)a[1] * b[1] + (int32_t)a[2] * b[2] +
                          (int32_t)a[3] * b[3]);
#endif
}

BENCH_RUN(mac_s8) {
  const int8_t *a = (const int8_t *)x, *b = (const int8_t *)w;
  uint32_t sum = 0;
  int32_t i = 0;
  for (; i + 16 <= n; i += 16) {
    sum = bench_mac_s8_four(a + i, b + i, sum);
    sum = bench_mac_s8_four(a + i + 4, b + i + 4, sum);
    sum = bench_mac_s8_four(a + i + 8, b + i + 8, sum);
    sum = bench_mac_s8_four(a + i + 12, b + i + 12, sum);
  }
  for (; i < n; ++i) sum += (uint32_t)(a[i] * b[i]);
  *(int32_t *)out = (int32_t)sum;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

const struct bench_program bench_mac_s8_program = {
    BENCH_MAC_SHAPE,    .name = "mac_s8",      .title = "multiply-adds, int8", .x_type = BENCH_S8,
    .w_type = BENCH_S8, .out_type = BENCH_S32, .w_offsets = {0, 1, 2, 3},      .run = bench_mac_s8,
};
#endif
