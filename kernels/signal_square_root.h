#ifndef ASSAY_SIGNAL_SQUARE_ROOT_H
#define ASSAY_SIGNAL_SQUARE_ROOT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_square_root {
  int32_t count;
};

ASSAY_KERNEL void assay_signal_square_root(const struct assay_signal_square_root *p,
                                           const uint64_t *in, const int32_t *bits, uint32_t *out);

ASSAY_END_C

#endif
