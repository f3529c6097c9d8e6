/* Rows over the root of their sum of squares, as 1/128. */
#include "l2_normalization_s8.h"

#ifndef ASSAY_L2_NORMALIZATION_S8_C
#define ASSAY_L2_NORMALIZATION_S8_C

#include "assay_inverse_root.h"

ASSAY_KERNEL void assay_l2_normalization_s8(const struct assay_l2_normalization_s8 *p,
                                            const int8_t *in, int8_t *out) {
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += p->depth, out += p->depth) {
    int32_t sum = 0, shift, factor;
    for (i = 0; i < p->depth; ++i) sum += (int32_t)(in[i] - p->zero) * (in[i] - p->zero);
    factor = assay_inverse_root(sum, &shift);
    for (i = 0; i < p->depth; ++i)
      out[i] = (int8_t)assay_clamp(assay_multiply(in[i] - p->zero, factor, shift + 7), -128, 127);
  }
}

#endif
