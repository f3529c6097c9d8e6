#ifndef ASSAY_FULLY_CONNECTED_S8_DSP_H
#define ASSAY_FULLY_CONNECTED_S8_DSP_H

#include "assay_dsp.h"

ASSAY_BEGIN_C

struct assay_fully_connected_s8_dsp {
  int32_t rows, depth, units;
  int32_t offset; /* 1 + 2 * the output's zero point */
  int32_t out_min, out_max;
  int32_t rescale_step;   /* 2, or 0 if one pair serves all units */
  const int8_t *weights;  /* [units / 4][depth / 4][4][4], then [units % 4][depth / 4][4];
                             depth / 4 rounded up and filled with 0; aligned */
  const int32_t *bias;    /* [units], the input's zero point folded in */
  const int32_t *rescale; /* pairs multiplier, right shift - 1 */
};

ASSAY_KERNEL void assay_fully_connected_s8_dsp(const struct assay_fully_connected_s8_dsp *p,
                                               const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
