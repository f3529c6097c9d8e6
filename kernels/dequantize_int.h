#ifndef ASSAY_DEQUANTIZE_INT_H
#define ASSAY_DEQUANTIZE_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_dequantize_int {
  int32_t count, type; /* assay_elements.h */
  int32_t zero_point;
  float scale;
};

ASSAY_KERNEL void assay_dequantize_int(const struct assay_dequantize_int *p, const void *in,
                                       float *out);

ASSAY_END_C

#endif
