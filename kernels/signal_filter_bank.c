/* Energies summed into channels; each frequency counts for two that are side by side. */
#include "signal_filter_bank.h"

#ifndef ASSAY_SIGNAL_FILTER_BANK_C
#define ASSAY_SIGNAL_FILTER_BANK_C

ASSAY_KERNEL void assay_signal_filter_bank(const struct assay_signal_filter_bank *p,
                                           const uint32_t *in, uint64_t *out) {
  uint64_t sum = 0;
  int32_t channel, i;
  for (channel = 0; channel <= p->channels; ++channel) {
    const ASSAY_FLASH int16_t *w = p->weights + p->starts[channel];
    const ASSAY_FLASH int16_t *un = p->unweights + p->starts[channel];
    const uint32_t *x = in + p->frequencies[channel];
    uint64_t next = 0;
    for (i = 0; i < p->widths[channel]; ++i) {
      sum += (uint64_t)(int64_t)w[i] * x[i];
      next += (uint64_t)(int64_t)un[i] * x[i];
    }
    if (channel > 0) out[channel - 1] = sum; /* the first only begins the next */
    sum = next;
  }
}

#endif
