#ifndef ASSAY_CONV_2D_S8_DSP_H
#define ASSAY_CONV_2D_S8_DSP_H

#include "assay_dsp.h"

ASSAY_BEGIN_C

struct assay_conv_2d_s8_dsp {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t k_h, k_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zp;
  int32_t offset; /* 1 + 2 * the output's zero point */
  int32_t out_min, out_max;
  int32_t rescale_step;   /* 2, or 0 if one pair serves all channels */
  const int8_t *weights;  /* [out_c / 2][taps / 4][2][4], both rounded up, filled with 0; aligned */
  const int32_t *bias;    /* [out_c rounded up to even], in_zp folded in */
  const int32_t *rescale; /* pairs multiplier, right shift - 1 */
};

/* scratch, aligned to 4, with t = taps / 4 rounded up: 16 * t bytes, and 4 * t more if in_c is not
 * a multiple of 4. */
ASSAY_KERNEL void assay_conv_2d_s8_dsp(const struct assay_conv_2d_s8_dsp *p, const int8_t *in,
                                       int8_t *out, void *scratch);

ASSAY_END_C

#endif
