#ifndef ASSAY_QUANTIZE_8_H
#define ASSAY_QUANTIZE_8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_quantize_8 {
  int32_t count, zero_point, min, max;
  float scale;
};

ASSAY_KERNEL void assay_quantize_8(const struct assay_quantize_8 *p, const float *in, void *out);

ASSAY_END_C

#endif
