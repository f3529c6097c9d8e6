#ifndef ASSAY_CONV_2D_S16_DSP_H
#define ASSAY_CONV_2D_S16_DSP_H

#include "assay_any.h"
#include "assay_dsp.h"

ASSAY_BEGIN_C

struct assay_conv_2d_s16_dsp {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t k_h, k_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t out_min, out_max;
  int32_t rescale_step;   /* 2, or 0 if one pair serves all channels */
  const int8_t *weights;  /* [out_c / 2][taps / 4][2][4], both rounded up, filled with 0; of each
                             four the second and the third are swapped */
  const int64_t *bias;    /* [out_c], or null */
  const int32_t *rescale; /* pairs 16-bit multiplier, right shift */
};

/* scratch, aligned to 4: 2 bytes a tap, taps rounded up to 4. */
ASSAY_KERNEL void assay_conv_2d_s16_dsp(const struct assay_conv_2d_s16_dsp *p, const int16_t *in,
                                        int16_t *out, void *scratch);

ASSAY_END_C

#endif
