#ifndef ASSAY_MEAN_S8_H
#define ASSAY_MEAN_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_mean_s8 {
  int32_t kept, summed;      /* loops over the outputs, loops of a sum */
  int32_t inner, inner_step; /* innermost loop of a sum */
  int32_t zero_sum;          /* what the zero point adds to a sum, negative */
  int32_t out_zp, multiplier, shift;
  const ASSAY_FLASH int32_t *loops; /* [kept + summed][3]: count, step in the input, 0 */
};

ASSAY_KERNEL void assay_mean_s8(const struct assay_mean_s8 *p, const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
