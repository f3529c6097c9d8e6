#ifndef ASSAY_COPY_ND_H
#define ASSAY_COPY_ND_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_copy_nd {
  int32_t run; /* bytes copied as they stand; 0: nothing at all */
  int32_t in_offset, out_offset;
  int32_t rank;                     /* loops around the run, at most 6 */
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, bytes of in, of out */
};

ASSAY_KERNEL void assay_copy_nd(const struct assay_copy_nd *p, const void *in, void *out);

ASSAY_END_C

#endif
