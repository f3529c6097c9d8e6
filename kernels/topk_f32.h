#ifndef ASSAY_TOPK_F32_H
#define ASSAY_TOPK_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_topk_f32 {
  int32_t rows, depth, k; /* k is at least 1 */
};

ASSAY_KERNEL void assay_topk_f32(const struct assay_topk_f32 *p, const float *in, float *values,
                                 int32_t *indices);

ASSAY_END_C

#endif
