#ifndef ASSAY_COPY_WHERE_H
#define ASSAY_COPY_WHERE_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_copy_where {
  int32_t inner, cond_step, in_step; /* the innermost loop, in elements */
  int32_t rank;                      /* loops around it, at most 6 */
  int32_t bytes;                     /* of an element */
  const ASSAY_FLASH int32_t *loops;  /* [rank][3], outermost first: count, step of cond, of in */
};

ASSAY_KERNEL void assay_copy_where(const struct assay_copy_where *p, const uint8_t *cond,
                                   const void *in, void *out);

ASSAY_END_C

#endif
