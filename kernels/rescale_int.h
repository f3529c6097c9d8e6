#ifndef ASSAY_RESCALE_INT_H
#define ASSAY_RESCALE_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_rescale_int {
  int32_t count;
  int32_t from, to; /* types: assay_elements.h */
  int32_t in_zp, out_zp;
  int32_t multiplier, shift;
  int32_t below_multiplier, below_shift, below_sign; /* of what is below the zero point */
  int32_t min, max;
};

ASSAY_KERNEL void assay_rescale_int(const struct assay_rescale_int *p, const void *in, void *out);

ASSAY_END_C

#endif
