#ifndef ASSAY_DEQUANTIZE_8_H
#define ASSAY_DEQUANTIZE_8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_dequantize_8 {
  int32_t count;
  int32_t flip; /* 0 for int8, 128 for uint8 */
  int32_t zero_point;
  float scale;
};

ASSAY_KERNEL void assay_dequantize_8(const struct assay_dequantize_8 *p, const void *in,
                                     float *out);

ASSAY_END_C

#endif
