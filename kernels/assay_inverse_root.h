/* One over the square root in fixed point. */
#ifndef ASSAY_INVERSE_ROOT_H
#define ASSAY_INVERSE_ROOT_H

#include "assay_kernel.h"

ASSAY_INLINE int32_t assay_saturating_shl(int32_t x, int32_t shift) {
  const int64_t wide = (int64_t)x * ((int64_t)1 << shift);
  return wide > 0x7fffffff ? 0x7fffffff : wide < -0x7fffffff - 1 ? -0x7fffffff - 1 : (int32_t)wide;
}

/* 1 / sqrt(x) as factor and shift, for 0 <= x: five Newton-Raphson steps. */
ASSAY_INLINE int32_t assay_inverse_root(int32_t x, int32_t *shift) {
  int32_t right = 11, y = (int32_t)1 << 28, half, step;
  *shift = 0;
  if (x <= 1) return 0x7fffffff;
  for (; x >= (int32_t)1 << 29; x /= 4) ++right;
  for (; x < (int32_t)1 << 27; x *= 4) --right;
  x >>= 1;
  half = (x + 1) >> 1;
  for (step = 0; step < 5; ++step) {
    const int32_t cube = assay_saturating_shl(assay_high_mul(assay_high_mul(y, y), y), 6);
    y = assay_saturating_shl(assay_high_mul(402653184, y) - assay_high_mul(half, cube), 3);
  }
  y = assay_high_mul(y, 1518500250); /* the root of 1/2 */
  for (; right < 0; ++right) y *= 2;
  *shift = -right;
  return y;
}

#endif /* ASSAY_INVERSE_ROOT_H */
