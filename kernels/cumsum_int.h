#ifndef ASSAY_CUMSUM_INT_H
#define ASSAY_CUMSUM_INT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_cumsum_int {
  int32_t outer, depth, inner; /* the summed axis in the middle */
  int32_t exclusive, reverse;
  int32_t words; /* of an element: 1 for 32 bits, 2 for 64 */
};

ASSAY_KERNEL void assay_cumsum_int(const struct assay_cumsum_int *p, const void *in, void *out);

ASSAY_END_C

#endif
