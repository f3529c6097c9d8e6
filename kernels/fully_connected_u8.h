#ifndef ASSAY_FULLY_CONNECTED_U8_H
#define ASSAY_FULLY_CONNECTED_U8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_fully_connected_u8 {
  int32_t rows, depth, units;
  int32_t in_zp, w_zp, out_zp, out_min, out_max;
  int32_t rescale_step;               /* 2, or 0 if one pair serves all channels */
  const ASSAY_FLASH uint8_t *weights; /* [units][depth] */
  const ASSAY_FLASH int32_t *bias;    /* [units], or null */
  const ASSAY_FLASH int32_t *rescale; /* pairs multiplier, shift */
};

ASSAY_KERNEL void assay_fully_connected_u8(const struct assay_fully_connected_u8 *p,
                                           const uint8_t *in, uint8_t *out);

ASSAY_END_C

#endif
