/* Rows of int8 times a weight matrix, as int32: the sum of (in - zero) * (w - w_zero), with the
 * zero points taken out of the inner loop. */
#include "matmul_integer_s8.h"

#ifndef ASSAY_MATMUL_INTEGER_S8_C
#define ASSAY_MATMUL_INTEGER_S8_C

ASSAY_KERNEL void assay_matmul_integer_s8(const struct assay_matmul_integer_s8 *p, const int8_t *in,
                                          const int8_t *zero, int32_t *out) {
  const int32_t depth = p->depth, origin = *zero;
  int32_t row, unit, i;
  for (row = 0; row < p->rows; ++row) {
    const ASSAY_FLASH int8_t *w = p->weights;
    int32_t rest = 0; /* the row's sum, less zero points */
    if (p->zeros)
      for (i = 0; i < depth; ++i) rest += in[i] - origin;
    for (unit = 0; unit < p->units; ++unit) {
      int32_t sum = -origin * p->sums[unit];
      for (i = 0; i < depth; ++i) sum += *w++ * in[i];
      if (p->zeros) sum -= p->zeros[unit * p->zero_step] * rest;
      *out++ = sum;
    }
    in += depth;
  }
}

#endif
