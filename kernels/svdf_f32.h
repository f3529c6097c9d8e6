#ifndef ASSAY_SVDF_F32_H
#define ASSAY_SVDF_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_svdf_f32 {
  int32_t batches, inputs, units, rank, memory;
  float min, max;                    /* what the activation lets pass */
  const ASSAY_FLASH float *features; /* [units * rank][inputs] */
  const ASSAY_FLASH float *times;    /* [units * rank][memory] */
  const ASSAY_FLASH float *bias;     /* [units]; 0: none */
};

ASSAY_KERNEL void assay_svdf_f32(const struct assay_svdf_f32 *p, const float *in, float *state,
                                 float *out);

ASSAY_END_C

#endif
