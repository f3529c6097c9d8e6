#ifndef ASSAY_SIGNAL_DELAY_H
#define ASSAY_SIGNAL_DELAY_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_delay {
  int32_t rows, frame;
  int32_t delay; /* in samples */
};

ASSAY_KERNEL void assay_signal_delay(const struct assay_signal_delay *p, const int16_t *in,
                                     int16_t *state, int16_t *out);

ASSAY_END_C

#endif
