#ifndef ASSAY_ONE_HOT_H
#define ASSAY_ONE_HOT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_one_hot {
  int32_t outer, depth, inner; /* out; indices are [outer][inner] */
  int32_t bytes;               /* of an element */
  int32_t wide;                /* indices are of 64 bits */
};

ASSAY_KERNEL void assay_one_hot(const struct assay_one_hot *p, const void *indices, const void *on,
                                const void *off, void *out);

ASSAY_END_C

#endif
