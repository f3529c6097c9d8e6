/* Softmax along rows of int8, with a table of exponentials of the distance to the row's maximum.
 * ASSAY_K is the kernel, ASSAY_Y the output's elements, ASSAY_BITS how many bits those have; empty
 * for whoever includes it otherwise. */
#include "assay_reciprocal.h"

#ifdef ASSAY_K
ASSAY_KERNEL void ASSAY_K(const struct ASSAY_K *p, const int8_t *in, ASSAY_Y *out) {
  const ASSAY_FLASH int32_t *exponential = p->exponential;
  const int32_t depth = p->depth, exponentials = p->exponentials;
  const int32_t half = (int32_t)1 << (ASSAY_BITS - 1);
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += depth, out += depth) {
    int32_t largest = -128, sum = 0, shift = 12 + 31 - ASSAY_BITS, scale;
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
      out[i] = (ASSAY_Y)((y > 2 * half - 1 ? 2 * half - 1 : y) - half);
    }
  }
}

#undef ASSAY_K
#undef ASSAY_Y
#undef ASSAY_BITS

#endif /* ASSAY_K */
