#ifndef ASSAY_FULLY_CONNECTED_F32_H
#define ASSAY_FULLY_CONNECTED_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_fully_connected_f32 {
  int32_t rows, depth, units;
  float min, max;
  const ASSAY_FLASH float *weights; /* [units][depth] */
  const ASSAY_FLASH float *bias;    /* [units], or null */
};

ASSAY_KERNEL void assay_fully_connected_f32(const struct assay_fully_connected_f32 *p,
                                            const float *in, float *out);

ASSAY_END_C

#endif
