#ifndef ASSAY_DEPTHWISE_CONV_2D_F32_S8_H
#define ASSAY_DEPTHWISE_CONV_2D_F32_S8_H

#include "assay_hybrid.h"

ASSAY_BEGIN_C

struct assay_depthwise_conv_2d_f32_s8 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w;
  int32_t multiplier, k_h, k_w;
  int32_t stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  ASSAY_HYBRID_PARAMS
};

/* `scratch` holds one image (row) of int8. */
ASSAY_KERNEL void assay_depthwise_conv_2d_f32_s8(const struct assay_depthwise_conv_2d_f32_s8 *p,
                                                 const float *in, float *out, void *scratch);

ASSAY_END_C

#endif
