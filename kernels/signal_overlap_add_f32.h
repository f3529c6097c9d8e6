#ifndef ASSAY_SIGNAL_OVERLAP_ADD_F32_H
#define ASSAY_SIGNAL_OVERLAP_ADD_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_overlap_add_f32 {
  int32_t rows, frames;
  int32_t size, step; /* of a frame; from one to the next */
};

ASSAY_KERNEL void assay_signal_overlap_add_f32(const struct assay_signal_overlap_add_f32 *p,
                                               const float *in, float *state, float *out);

ASSAY_END_C

#endif
