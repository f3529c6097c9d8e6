/* The reciprocal in fixed point. */
#ifndef ASSAY_RECIPROCAL_H
#define ASSAY_RECIPROCAL_H

#include "assay_kernel.h"

/* 1 / (1 + a), 31 fractional bits in both: three Newton-Raphson steps from 48/17 - 32/17 d, where
 * d = (1 + a) / 2 and x has 29 fractional bits. */
ASSAY_INLINE int32_t assay_reciprocal(int32_t a) {
  const int32_t d = (int32_t)((((int64_t)a + 0x7fffffff) + 1) / 2);
  int32_t x = 1515870810 + assay_high_mul(d, -1010580540);
  int32_t step;
  for (step = 0; step < 3; ++step) {
    const int32_t error = ((int32_t)1 << 29) - assay_high_mul(d, x);
    x += assay_high_mul(x, error) * 4;
  }
  return x > 0x3fffffff ? 0x7fffffff : x * 2;
}

#endif /* ASSAY_RECIPROCAL_H */
