#ifndef ASSAY_FULLY_CONNECTED_S16_H
#define ASSAY_FULLY_CONNECTED_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_fully_connected_s16 {
  int32_t rows, depth, units;
  int32_t out_min, out_max;
  int32_t rescale_step;               /* 2, or 0 if one pair serves all channels */
  const ASSAY_FLASH int8_t *weights;  /* [units][depth] */
  const ASSAY_FLASH int64_t *bias;    /* [units], or null */
  const ASSAY_FLASH int32_t *rescale; /* pairs 16-bit multiplier, right shift */
};

ASSAY_KERNEL void assay_fully_connected_s16(const struct assay_fully_connected_s16 *p,
                                            const int16_t *in, int16_t *out);

ASSAY_END_C

#endif
