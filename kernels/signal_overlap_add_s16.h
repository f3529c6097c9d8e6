#ifndef ASSAY_SIGNAL_OVERLAP_ADD_S16_H
#define ASSAY_SIGNAL_OVERLAP_ADD_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_overlap_add_s16 {
  int32_t rows, frames;
  int32_t size, step; /* of a frame; from one to the next */
};

ASSAY_KERNEL void assay_signal_overlap_add_s16(const struct assay_signal_overlap_add_s16 *p,
                                               const int16_t *in, int16_t *state, int16_t *out);

ASSAY_END_C

#endif
