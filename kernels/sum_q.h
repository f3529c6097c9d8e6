#ifndef ASSAY_SUM_Q_H
#define ASSAY_SUM_Q_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_sum_q {
  int32_t kept, reduced;     /* loops over the outputs, loops of a sum */
  int32_t inner, inner_step; /* its innermost loop */
  int32_t type;              /* assay_elements.h */
  int32_t zero_sum;          /* what the zero point adds to a sum, negative */
  int32_t out_zp, multiplier, shift, min, max;
  const ASSAY_FLASH int32_t *loops; /* [kept + reduced][3]: count, step in the input, 0 */
};

ASSAY_KERNEL void assay_sum_q(const struct assay_sum_q *p, const void *in, void *out);

ASSAY_END_C

#endif
