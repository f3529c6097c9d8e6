#ifndef ASSAY_L2_NORMALIZATION_F32_H
#define ASSAY_L2_NORMALIZATION_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_l2_normalization_f32 {
  int32_t rows, depth;
};

ASSAY_KERNEL void assay_l2_normalization_f32(const struct assay_l2_normalization_f32 *p,
                                             const float *in, float *out);

ASSAY_END_C

#endif
