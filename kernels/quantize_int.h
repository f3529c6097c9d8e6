#ifndef ASSAY_QUANTIZE_INT_H
#define ASSAY_QUANTIZE_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_quantize_int {
  int32_t count, type; /* assay_elements.h */
  int32_t zero_point, min, max;
  float scale;
};

ASSAY_KERNEL void assay_quantize_int(const struct assay_quantize_int *p, const float *in,
                                     void *out);

ASSAY_END_C

#endif
