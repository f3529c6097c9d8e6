#ifndef ASSAY_LOG_SOFTMAX_S8_H
#define ASSAY_LOG_SOFTMAX_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_log_softmax_s8 {
  int32_t rows, depth;
  int32_t multiplier, shift;              /* of distances, to 26 fractional bits */
  int32_t reverse, back_shift;            /* and back */
  int32_t least;                          /* the distance, negative, below which nothing counts */
  const ASSAY_FLASH int32_t *exponential; /* [1 - least]: exp(-i), 19 fractional bits */
};

ASSAY_KERNEL void assay_log_softmax_s8(const struct assay_log_softmax_s8 *p, const int8_t *in,
                                       int8_t *out);

ASSAY_END_C

#endif
