#ifndef ASSAY_TRANSPOSE_CONV_F32_H
#define ASSAY_TRANSPOSE_CONV_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_transpose_conv_f32 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t k_h, k_w, stride_h, stride_w, pad_h, pad_w;
  float min, max;
  const ASSAY_FLASH float *weights; /* [out_c][k_h][k_w][in_c] */
  const ASSAY_FLASH float *bias;    /* [out_c], or null */
};

ASSAY_KERNEL void assay_transpose_conv_f32(const struct assay_transpose_conv_f32 *p,
                                           const float *in, float *out);

ASSAY_END_C

#endif
