/* Rows over the root of their sum of squares, as 1/128. */
#include "l2_normalization_s8.h"

#ifndef ASSAY_L2_NORMALIZATION_S8_C
#define ASSAY_L2_NORMALIZATION_S8_C

ASSAY_INLINE int32_t assay_l2_shl(int32_t x, int32_t shift) {
  const int64_t wide = (int64_t)x * ((int64_t)1 << shift);
  return wide > 0x7fffffff ? 0x7fffffff : wide < -0x7fffffff - 1 ? -0x7fffffff - 1 : (int32_t)wide;
}

/* 1 / sqrt(x) as factor and shift, for 0 <= x: five Newton-Raphson steps. */
ASSAY_INLINE int32_t assay_l2_inverse_root(int32_t x, int32_t *shift) {
  int32_t right = 11, y = (int32_t)1 << 28, half, step;
  *shift = 0;
  if (x <= 1) return 0x7fffffff;
  for (; x >= (int32_t)1 << 29; x /= 4) ++right;
  for (; x < (int32_t)1 << 27; x *= 4) --right;
  x >>= 1;
  half = (x + 1) >> 1;
  for (step = 0; step < 5; ++step) {
    const int32_t cube = assay_l2_shl(assay_high_mul(assay_high_mul(y, y), y), 6);
    y = assay_l2_shl(assay_high_mul(402653184, y) - assay_high_mul(half, cube), 3);
  }
  y = assay_high_mul(y, 1518500250); /* the root of 1/2 */
  for (; right < 0; ++right) y *= 2;
  *shift = -right;
  return y;
}

ASSAY_KERNEL void assay_l2_normalization_s8(const struct assay_l2_normalization_s8 *p,
                                            const int8_t *in, int8_t *out) {
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += p->depth, out += p->depth) {
    int32_t sum = 0, shift, factor;
    for (i = 0; i < p->depth; ++i) sum += (int32_t)(in[i] - p->zero) * (in[i] - p->zero);
    factor = assay_l2_inverse_root(sum, &shift);
    for (i = 0; i < p->depth; ++i)
      out[i] = (int8_t)assay_clamp(assay_multiply(in[i] - p->zero, factor, shift + 7), -128, 127);
  }
}

#endif
