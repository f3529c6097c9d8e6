#ifndef ASSAY_SIGNAL_STACKER_H
#define ASSAY_SIGNAL_STACKER_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_stacker {
  int32_t channels;
  int32_t left;         /* times that the first frame stands before itself */
  int32_t frames, step; /* of the output; dropped after one */
};

ASSAY_KERNEL void assay_signal_stacker(const struct assay_signal_stacker *p, const int16_t *in,
                                       int16_t *state, int32_t *held, int16_t *out, uint8_t *valid);

ASSAY_END_C

#endif
