#ifndef ASSAY_MATMUL_INTEGER_S8_H
#define ASSAY_MATMUL_INTEGER_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_matmul_integer_s8 {
  int32_t rows, depth, units;
  int32_t zero_step;                 /* 1, or 0 if one zero point serves all units */
  const ASSAY_FLASH int8_t *weights; /* [units][depth] */
  const ASSAY_FLASH int32_t *sums;   /* [units], of the weights */
  const ASSAY_FLASH int8_t *zeros;   /* of the weights; null: they are 0 */
};

ASSAY_KERNEL void assay_matmul_integer_s8(const struct assay_matmul_integer_s8 *p, const int8_t *in,
                                          const int8_t *zero, int32_t *out);

ASSAY_END_C

#endif
