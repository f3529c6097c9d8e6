#ifndef ASSAY_DEPTHWISE_CONV_2D_S8_H
#define ASSAY_DEPTHWISE_CONV_2D_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_depthwise_conv_2d_s8 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, multiplier;
  int32_t k_h, k_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zp, out_zp, out_min, out_max;
  int32_t rescale_step;               /* 2, or 0 if one pair serves all channels */
  const ASSAY_FLASH int8_t *weights;  /* [k_h][k_w][in_c * multiplier] */
  const ASSAY_FLASH int32_t *bias;    /* [in_c * multiplier], in_zp folded in */
  const ASSAY_FLASH int32_t *rescale; /* pairs multiplier, shift */
};

ASSAY_KERNEL void assay_depthwise_conv_2d_s8(const struct assay_depthwise_conv_2d_s8 *p,
                                             const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
