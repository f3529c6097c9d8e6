#ifndef ASSAY_TOPK_INT_H
#define ASSAY_TOPK_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_topk_int {
  int32_t rows, depth, k; /* k is at least 1 */
  int32_t type;           /* assay_elements.h */
};

ASSAY_KERNEL void assay_topk_int(const struct assay_topk_int *p, const void *in, void *values,
                                 int32_t *indices);

ASSAY_END_C

#endif
