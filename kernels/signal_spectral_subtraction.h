#ifndef ASSAY_SIGNAL_SPECTRAL_SUBTRACTION_H
#define ASSAY_SIGNAL_SPECTRAL_SUBTRACTION_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_spectral_subtraction {
  int32_t channels;
  int32_t smoothing, one_minus_smoothing;         /* of even channels */
  int32_t odd_smoothing, odd_one_minus_smoothing; /* of odd ones */
  int32_t smoothing_bits, bits;
  int32_t remaining; /* of the signal, at least */
  int32_t clamping;  /* 1: the estimate is never above the signal */
};

ASSAY_KERNEL void assay_signal_spectral_subtraction(
    const struct assay_signal_spectral_subtraction *p, const uint32_t *in, uint32_t *estimate,
    uint32_t *out, uint32_t *noise);

ASSAY_END_C

#endif
