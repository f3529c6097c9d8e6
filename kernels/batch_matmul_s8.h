#ifndef ASSAY_BATCH_MATMUL_S8_H
#define ASSAY_BATCH_MATMUL_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_batch_matmul_s8 {
  int32_t rows, columns, depth;
  int32_t a_row, a_step, b_column, b_step; /* elements from one to the next */
  int32_t a_zp, b_zp, out_zp;
  int32_t rank;
  const ASSAY_FLASH int32_t *rescale; /* pair multiplier, shift */
  const ASSAY_FLASH int32_t *loops;   /* [rank][count, step of a, step of b] */
};

ASSAY_KERNEL void assay_batch_matmul_s8(const struct assay_batch_matmul_s8 *p, const int8_t *a,
                                        const int8_t *b, int8_t *out);

ASSAY_END_C

#endif
