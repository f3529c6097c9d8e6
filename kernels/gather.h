#ifndef ASSAY_GATHER_H
#define ASSAY_GATHER_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_gather {
  int32_t batches, outer, extent,
      count;    /* in: [batches][outer][extent][run], indices [batches][count] */
  int32_t run;  /* bytes copied for each index */
  int32_t type; /* of indices: assay_elements.h, or 4 for 64 bits */
};

ASSAY_KERNEL void assay_gather(const struct assay_gather *p, const void *in, const void *indices,
                               void *out);

ASSAY_END_C

#endif
