#ifndef ASSAY_REVERSE_SEQUENCE_H
#define ASSAY_REVERSE_SEQUENCE_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_reverse_sequence {
  int32_t outer, first, middle, second, run; /* in: [outer][first][middle][second][run bytes] */
  int32_t turns_first; /* sequences lie along `first`, one for each of `second`; or the other way */
  int32_t wide;        /* lengths are of 64 bits */
};

ASSAY_KERNEL void assay_reverse_sequence(const struct assay_reverse_sequence *p, const void *in,
                                         const void *lengths, void *out);

ASSAY_END_C

#endif
