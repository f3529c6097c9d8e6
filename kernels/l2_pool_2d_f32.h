#ifndef ASSAY_L2_POOL_2D_F32_H
#define ASSAY_L2_POOL_2D_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_l2_pool_2d_f32 {
  int32_t batches, channels, in_h, in_w;
  int32_t filter_h, filter_w, stride_h, stride_w;
  int32_t pad_h, pad_w, out_h, out_w;
  float min, max;
};

ASSAY_KERNEL void assay_l2_pool_2d_f32(const struct assay_l2_pool_2d_f32 *p, const float *in,
                                       float *out);

ASSAY_END_C

#endif
