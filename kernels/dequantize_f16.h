#ifndef ASSAY_DEQUANTIZE_F16_H
#define ASSAY_DEQUANTIZE_F16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_dequantize_f16 {
  int32_t count;
};

ASSAY_KERNEL void assay_dequantize_f16(const struct assay_dequantize_f16 *p, const void *in,
                                       float *out);

ASSAY_END_C

#endif
