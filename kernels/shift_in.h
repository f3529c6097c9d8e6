#ifndef ASSAY_SHIFT_IN_H
#define ASSAY_SHIFT_IN_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_shift_in {
  int32_t all; /* bytes of the state */
  int32_t run; /* bytes that come in at its end; as many go at its beginning */
};

ASSAY_KERNEL void assay_shift_in(const struct assay_shift_in *p, const void *in, void *state);

ASSAY_END_C

#endif
