#ifndef ASSAY_SIGMOID_S16_H
#define ASSAY_SIGMOID_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_sigmoid_s16 {
  int32_t count;
  int32_t is_tanh;       /* else the logistic function */
  int32_t factor, shift; /* bring the input to 12 fractional bits, times 3 */
  const ASSAY_FLASH uint16_t *sigmoid;
};

ASSAY_KERNEL void assay_sigmoid_s16(const struct assay_sigmoid_s16 *p, const int16_t *in,
                                    int16_t *out);

ASSAY_END_C

#endif
