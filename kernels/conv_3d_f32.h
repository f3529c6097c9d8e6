#ifndef ASSAY_CONV_3D_F32_H
#define ASSAY_CONV_3D_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_conv_3d_f32 {
  int32_t batches, in_d, in_h, in_w, in_c;
  int32_t out_d, out_h, out_w, out_c;
  int32_t filter_d, filter_h, filter_w;
  int32_t stride_d, stride_h, stride_w;
  int32_t dilation_d, dilation_h, dilation_w;
  int32_t pad_d, pad_h, pad_w;
  float min, max;
  const ASSAY_FLASH float *weights;
  const ASSAY_FLASH float *bias; /* null if there is none */
};

ASSAY_KERNEL void assay_conv_3d_f32(const struct assay_conv_3d_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
