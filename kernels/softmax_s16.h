#ifndef ASSAY_SOFTMAX_S16_H
#define ASSAY_SOFTMAX_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_softmax_s16 {
  int32_t rows, depth;
  int32_t multiplier, shift;              /* of distances: -65535 stands for -10 */
  const ASSAY_FLASH int16_t *exponential; /* exp on [-10, 0], 513 values, 15 fractional bits */
  const ASSAY_FLASH int16_t *reciprocal;  /* 1 / (1 + x) on [0, 1], likewise */
};

ASSAY_KERNEL void assay_softmax_s16(const struct assay_softmax_s16 *p, const int16_t *in,
                                    int16_t *out);

ASSAY_END_C

#endif
