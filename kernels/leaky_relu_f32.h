#ifndef ASSAY_LEAKY_RELU_F32_H
#define ASSAY_LEAKY_RELU_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_leaky_relu_f32 {
  int32_t count;
  float alpha;
};

ASSAY_KERNEL void assay_leaky_relu_f32(const struct assay_leaky_relu_f32 *p, const float *in,
                                       float *out);

ASSAY_END_C

#endif
