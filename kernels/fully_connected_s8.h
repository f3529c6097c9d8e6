#ifndef ASSAY_FULLY_CONNECTED_S8_H
#define ASSAY_FULLY_CONNECTED_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_fully_connected_s8 {
  int32_t rows, depth, units;
  int32_t out_zp, out_min, out_max;
  int32_t rescale_step;               /* 2, or 0 if one pair serves all units */
  const ASSAY_FLASH int8_t *weights;  /* [units][depth] */
  const ASSAY_FLASH int32_t *bias;    /* [units], the input's zero point folded in */
  const ASSAY_FLASH int32_t *rescale; /* pairs multiplier, shift */
};

ASSAY_KERNEL void assay_fully_connected_s8(const struct assay_fully_connected_s8 *p,
                                           const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
