#ifndef ASSAY_GATHER_ND_H
#define ASSAY_GATHER_ND_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_gather_nd {
  int32_t count, depth; /* indices: [count][depth] */
  int32_t run;          /* bytes copied for each */
  int32_t type;         /* of indices: assay_elements.h, or 4 for 64 bits */
  int32_t scatter;  /* 1: from dense to there, which was zeros, and added; 0: from there to dense */
  int32_t sum_type; /* of what is added: assay_elements.h, 4: 64 bits, 5: float */
  int32_t out_bytes;
  const ASSAY_FLASH int32_t *axes; /* [depth][2]: extent, bytes of a step */
};

ASSAY_KERNEL void assay_gather_nd(const struct assay_gather_nd *p, const void *in,
                                  const void *indices, void *out);

ASSAY_END_C

#endif
