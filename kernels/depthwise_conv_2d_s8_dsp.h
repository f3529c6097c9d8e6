#ifndef ASSAY_DEPTHWISE_CONV_2D_S8_DSP_H
#define ASSAY_DEPTHWISE_CONV_2D_S8_DSP_H

#include "depthwise_plane.h"

ASSAY_BEGIN_C

struct assay_depthwise_conv_2d_s8_dsp {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, multiplier;
  int32_t k_h, k_w, stride_h, stride_w, pad_h, pad_w;
  int32_t band; /* output rows at a time */
  int32_t
      pitch; /* int16 elements of a plane row: (out_w - 1) * stride_w + k_w rounded up to even */
  int32_t in_zp;
  int32_t offset; /* 1 + 2 * the output's zero point */
  int32_t out_min, out_max;
  int32_t rescale_step;   /* 2, or 0 if one pair serves all channels */
  const int8_t *weights;  /* [in_c * multiplier][k_h][k_w] */
  const int32_t *bias;    /* [in_c * multiplier], in_zp folded in */
  const int32_t *rescale; /* pairs multiplier, right shift - 1 */
};

/* scratch, aligned to 4: 2 * pitch * ((band - 1) * stride_h + k_h) bytes for the plane and
 * 2 * k_h * (k_w rounded up to even) for a filter. */
ASSAY_KERNEL void assay_depthwise_conv_2d_s8_dsp(const struct assay_depthwise_conv_2d_s8_dsp *p,
                                                 const int8_t *in, int8_t *out, void *scratch);

ASSAY_END_C

#endif
