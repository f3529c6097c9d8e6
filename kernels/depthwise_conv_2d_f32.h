#ifndef ASSAY_DEPTHWISE_CONV_2D_F32_H
#define ASSAY_DEPTHWISE_CONV_2D_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_depthwise_conv_2d_f32 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, multiplier;
  int32_t k_h, k_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  float min, max;
  const ASSAY_FLASH float *weights; /* [k_h][k_w][in_c * multiplier] */
  const ASSAY_FLASH float *bias;    /* [in_c * multiplier], or null */
};

ASSAY_KERNEL void assay_depthwise_conv_2d_f32(const struct assay_depthwise_conv_2d_f32 *p,
                                              const float *in, float *out);

ASSAY_END_C

#endif
