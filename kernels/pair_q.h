#ifndef ASSAY_PAIR_Q_H
#define ASSAY_PAIR_Q_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_pair_q {
  int32_t inner, a_step, b_step; /* the innermost loop; an input that repeats has step 0 */
  int32_t rank;                  /* loops around it, at most 6 */
  int32_t type, op;              /* assay_elements.h, assay_pair.h */
  int32_t a_zp, b_zp;
  int32_t left; /* bits gained before a and b are brought to one scale */
  int32_t a_multiplier, a_shift, b_multiplier, b_shift;
  int32_t out_zp, out_multiplier, out_shift;
  int32_t min, max;
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, step of a, step of b */
};

ASSAY_KERNEL void assay_pair_q(const struct assay_pair_q *p, const void *a, const void *b,
                               void *out);

ASSAY_END_C

#endif
