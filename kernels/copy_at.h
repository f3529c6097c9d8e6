#ifndef ASSAY_COPY_AT_H
#define ASSAY_COPY_AT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_copy_at {
  int32_t run, rank;                /* bytes in a row, loops around them */
  int32_t axes, wide;               /* indices, and whether they are of 64 bits */
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, step of the box, of out */
  const ASSAY_FLASH int32_t *places; /* [axes][2]: the largest index, bytes from one to the next */
};

ASSAY_KERNEL void assay_copy_at(const struct assay_copy_at *p, const void *in, const void *indices,
                                void *out);

ASSAY_END_C

#endif
