#ifndef ASSAY_MEAN_F32_H
#define ASSAY_MEAN_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_mean_f32 {
  int32_t kept, summed;      /* loops over the outputs, loops of a sum */
  int32_t inner, inner_step; /* innermost loop of a sum */
  float count;
  const ASSAY_FLASH int32_t *loops; /* [kept + summed][3]: count, step in the input, 0 */
};

ASSAY_KERNEL void assay_mean_f32(const struct assay_mean_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
