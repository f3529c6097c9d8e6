#ifndef ASSAY_CUMSUM_S8_H
#define ASSAY_CUMSUM_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_cumsum_s8 {
  int32_t outer, depth, inner; /* the summed axis in the middle */
  int32_t exclusive, reverse;
  int32_t start;         /* of each sum */
  int32_t zero;          /* the input's */
  int32_t factor, shift; /* sums of 19 fractional bits to the output's scale */
  int32_t out_zero;
};

ASSAY_KERNEL void assay_cumsum_s8(const struct assay_cumsum_s8 *p, const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
