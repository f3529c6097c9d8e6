#ifndef ASSAY_SOFTMAX_S8_S16_H
#define ASSAY_SOFTMAX_S8_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_softmax_s8_s16 {
  int32_t rows, depth;
  int32_t exponentials;                   /* beyond the table they are nothing */
  const ASSAY_FLASH int32_t *exponential; /* exp(-i), 31 fractional bits */
};

ASSAY_KERNEL void assay_softmax_s8_s16(const struct assay_softmax_s8_s16 *p, const int8_t *in,
                                       int16_t *out);

ASSAY_END_C

#endif
