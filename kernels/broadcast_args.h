#ifndef ASSAY_BROADCAST_ARGS_H
#define ASSAY_BROADCAST_ARGS_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_broadcast_args {
  int32_t a, b, count; /* axes of each, and of the result */
  int32_t words;       /* of an extent: 1 for 32 bits, 2 for 64 */
};

ASSAY_KERNEL void assay_broadcast_args(const struct assay_broadcast_args *p, const void *a,
                                       const void *b, void *out);

ASSAY_END_C

#endif
