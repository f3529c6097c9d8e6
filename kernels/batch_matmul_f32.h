#ifndef ASSAY_BATCH_MATMUL_F32_H
#define ASSAY_BATCH_MATMUL_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_batch_matmul_f32 {
  int32_t rows, columns, depth;
  int32_t a_row, a_step, b_column, b_step; /* elements from one to the next */
  int32_t rank;
  const ASSAY_FLASH int32_t *loops; /* [rank][count, step of a, step of b] */
};

ASSAY_KERNEL void assay_batch_matmul_f32(const struct assay_batch_matmul_f32 *p, const float *a,
                                         const float *b, float *out);

ASSAY_END_C

#endif
