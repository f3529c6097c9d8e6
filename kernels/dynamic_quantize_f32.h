#ifndef ASSAY_DYNAMIC_QUANTIZE_F32_H
#define ASSAY_DYNAMIC_QUANTIZE_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_dynamic_quantize_f32 {
  int32_t count;
};

ASSAY_KERNEL void assay_dynamic_quantize_f32(const struct assay_dynamic_quantize_f32 *p,
                                             const float *in, int8_t *out, float *scale,
                                             int8_t *zero);

ASSAY_END_C

#endif
