#ifndef ASSAY_ARG_MIN_S8_H
#define ASSAY_ARG_MIN_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_arg_min_s8 {
  int32_t outer, count, inner; /* the input, the searched axis in the middle */
  int32_t words;               /* of an index: 1 for int32, 2 for int64 */
};

ASSAY_KERNEL void assay_arg_min_s8(const struct assay_arg_min_s8 *p, const int8_t *in, void *out);

ASSAY_END_C

#endif
