#ifndef ASSAY_SIGNAL_FRAMER_H
#define ASSAY_SIGNAL_FRAMER_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_framer {
  int32_t rows, frames; /* of the output, in one inference */
  int32_t size, step;   /* of a frame; from one to the next */
  int32_t capacity;     /* of the state, for each row */
  int32_t prefill;      /* zeros that the state has from the beginning */
};

ASSAY_KERNEL void assay_signal_framer(const struct assay_signal_framer *p, const int16_t *in,
                                      int16_t *state, int32_t *held, int16_t *out, uint8_t *valid);

ASSAY_END_C

#endif
