/* Subtracts from each channel the noise, which a filter over the inferences estimates. */
#include "signal_spectral_subtraction.h"

#ifndef ASSAY_SIGNAL_SPECTRAL_SUBTRACTION_C
#define ASSAY_SIGNAL_SPECTRAL_SUBTRACTION_C

ASSAY_KERNEL void assay_signal_spectral_subtraction(
    const struct assay_signal_spectral_subtraction *p, const uint32_t *in, uint32_t *estimate,
    uint32_t *out, uint32_t *noise) {
  int32_t i;
  for (i = 0; i < p->channels; ++i) {
    const uint32_t by = (uint32_t)(i & 1 ? p->odd_smoothing : p->smoothing);
    const uint32_t rest = (uint32_t)(i & 1 ? p->odd_one_minus_smoothing : p->one_minus_smoothing);
    const uint32_t scaled = in[i] << p->smoothing_bits;
    const uint32_t least = (uint32_t)(((uint64_t)in[i] * (uint32_t)p->remaining) >> p->bits);
    uint32_t noisy = (uint32_t)(((uint64_t)scaled * by + (uint64_t)estimate[i] * rest) >> p->bits);
    uint32_t left;
    estimate[i] = noisy;
    if (noisy > scaled) {
      noisy = scaled;
      if (p->clamping) estimate[i] = noisy;
    }
    left = (scaled - noisy) >> p->smoothing_bits;
    out[i] = left > least ? left : least;
    noise[i] = estimate[i];
  }
}

#endif
