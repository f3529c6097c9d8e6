#ifndef ASSAY_CUMSUM_F32_H
#define ASSAY_CUMSUM_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_cumsum_f32 {
  int32_t outer, depth, inner; /* the summed axis in the middle */
  int32_t exclusive, reverse;
};

ASSAY_KERNEL void assay_cumsum_f32(const struct assay_cumsum_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
