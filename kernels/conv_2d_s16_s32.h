#ifndef ASSAY_CONV_2D_S16_S32_H
#define ASSAY_CONV_2D_S16_S32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_conv_2d_s16_s32 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t k_h, k_w, k_c; /* the filter; in_c / k_c groups */
  int32_t stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t out_min, out_max;
  int32_t rescale_step;               /* 2, or 0 if one pair serves all channels */
  const ASSAY_FLASH int8_t *weights;  /* [out_c][k_h][k_w][k_c] */
  const ASSAY_FLASH int32_t *bias;    /* [out_c], or null */
  const ASSAY_FLASH int32_t *rescale; /* pairs multiplier, shift */
};

ASSAY_KERNEL void assay_conv_2d_s16_s32(const struct assay_conv_2d_s16_s32 *p, const int16_t *in,
                                        int16_t *out);

ASSAY_END_C

#endif
