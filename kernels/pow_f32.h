#ifndef ASSAY_POW_F32_H
#define ASSAY_POW_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_pow_f32 {
  int32_t inner, a_step, b_step;    /* the innermost loop; an input that repeats has step 0 */
  int32_t rank;                     /* loops around it, at most 6 */
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, step of a, step of b */
};

ASSAY_KERNEL void assay_pow_f32(const struct assay_pow_f32 *p, const float *a, const float *b,
                                float *out);

ASSAY_END_C

#endif
