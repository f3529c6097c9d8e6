/* Softmax along rows of int8, with a table of exponentials of the distance to the row's maximum. */
#include "softmax_s8.h"

#ifndef ASSAY_SOFTMAX_S8_C
#define ASSAY_SOFTMAX_S8_C

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

ASSAY_KERNEL void assay_softmax_s8(const struct assay_softmax_s8 *p, const int8_t *in,
                                   int8_t *out) {
  const ASSAY_FLASH int32_t *exponential = p->exponential;
  const int32_t depth = p->depth, exponentials = p->exponentials;
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += depth, out += depth) {
    int32_t largest = -128, sum = 0, shift = 12 + 31 - 8, scale;
    uint32_t normalised;
    for (i = 0; i < depth; ++i)
      if (in[i] > largest) largest = in[i];
    for (i = 0; i < depth; ++i) { /* rounded to 19 fractional bits */
      const int32_t distance = largest - in[i];
      if (distance < exponentials) sum += ((exponential[distance] >> 11) + 1) >> 1;
    }
    for (normalised = (uint32_t)sum; normalised < 0x80000000u; normalised <<= 1) --shift;
    scale = assay_reciprocal((int32_t)(normalised & 0x7fffffffu));
    for (i = 0; i < depth; ++i) {
      const int32_t distance = largest - in[i];
      int32_t y = 0;
      if (distance < exponentials && shift <= 31)
        y = assay_multiply(exponential[distance], scale, -shift);
      out[i] = (int8_t)(y > 255 ? 127 : y - 128);
    }
  }
}

#endif
