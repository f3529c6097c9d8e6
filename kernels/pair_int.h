#ifndef ASSAY_PAIR_INT_H
#define ASSAY_PAIR_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_pair_int {
  int32_t inner, a_step, b_step;    /* the innermost loop; an input that repeats has step 0 */
  int32_t rank;                     /* loops around it, at most 6 */
  int32_t type;                     /* assay_elements.h */
  int32_t op;                       /* assay_pair.h */
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, step of a, step of b */
};

ASSAY_KERNEL void assay_pair_int(const struct assay_pair_int *p, const void *a, const void *b,
                                 void *out);

ASSAY_END_C

#endif
