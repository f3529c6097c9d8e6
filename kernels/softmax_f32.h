#ifndef ASSAY_SOFTMAX_F32_H
#define ASSAY_SOFTMAX_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_softmax_f32 {
  int32_t rows, depth;
  float beta;
};

ASSAY_KERNEL void assay_softmax_f32(const struct assay_softmax_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
