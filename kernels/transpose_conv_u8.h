#ifndef ASSAY_TRANSPOSE_CONV_U8_H
#define ASSAY_TRANSPOSE_CONV_U8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_transpose_conv_u8 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t k_h, k_w, stride_h, stride_w, pad_h, pad_w;
  int32_t in_zp, w_zp, out_zp, out_min, out_max;
  int32_t rescale_step;               /* 2, or 0 if one pair serves all channels */
  const ASSAY_FLASH uint8_t *weights; /* [out_c][k_h][k_w][in_c] */
  const ASSAY_FLASH int32_t *bias;    /* [out_c], or null */
  const ASSAY_FLASH int32_t *rescale; /* pairs multiplier, shift */
};

ASSAY_KERNEL void assay_transpose_conv_u8(const struct assay_transpose_conv_u8 *p,
                                          const uint8_t *in, uint8_t *out);

ASSAY_END_C

#endif
