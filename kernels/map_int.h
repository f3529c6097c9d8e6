#ifndef ASSAY_MAP_INT_H
#define ASSAY_MAP_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_map_int {
  int32_t count;
  int32_t type; /* assay_elements.h, or 4 for 64 bits */
  int32_t op;   /* 0 magnitude, 1 negated, 2 square, 6 sign, 7 not */
};

ASSAY_KERNEL void assay_map_int(const struct assay_map_int *p, const void *in, void *out);

ASSAY_END_C

#endif
