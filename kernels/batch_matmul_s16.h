#ifndef ASSAY_BATCH_MATMUL_S16_H
#define ASSAY_BATCH_MATMUL_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_batch_matmul_s16 {
  int32_t rows, columns, depth;
  int32_t a_row, a_step, b_column, b_step; /* elements from one to the next */
  int32_t rank;
  const ASSAY_FLASH int32_t *rescale; /* pair 16-bit multiplier, right shift */
  const ASSAY_FLASH int32_t *loops;   /* [rank][count, step of a, step of b] */
};

ASSAY_KERNEL void assay_batch_matmul_s16(const struct assay_batch_matmul_s16 *p, const int16_t *a,
                                         const int16_t *b, int16_t *out);

ASSAY_END_C

#endif
