#ifndef ASSAY_PRELU_Q_H
#define ASSAY_PRELU_Q_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_prelu_q {
  int32_t inner, a_step, b_step; /* the innermost loop; an input that repeats has step 0 */
  int32_t rank;                  /* loops around it, at most 6 */
  int32_t type, slope_type;      /* assay_elements.h */
  int32_t a_zp, b_zp, out_zp;
  int32_t multiplier, shift, slope_multiplier, slope_shift;
  int32_t min, max;
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, step of a, step of b */
};

ASSAY_KERNEL void assay_prelu_q(const struct assay_prelu_q *p, const void *a, const void *b,
                                void *out);

ASSAY_END_C

#endif
