#ifndef ASSAY_CAST_H
#define ASSAY_CAST_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_cast {
  int32_t count;
  int32_t from, to; /* assay_elements.h; 4: 64 bits, 5: float, 6: boolean */
};

ASSAY_KERNEL void assay_cast(const struct assay_cast *p, const void *in, void *out);

ASSAY_END_C

#endif
