/* The squared magnitudes of a spectrum. */
#include "signal_energy.h"

#ifndef ASSAY_SIGNAL_ENERGY_C
#define ASSAY_SIGNAL_ENERGY_C

ASSAY_KERNEL void assay_signal_energy(const struct assay_signal_energy *p, const int16_t *in,
                                      uint32_t *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const int32_t re = in[2 * i], im = in[2 * i + 1];
    out[i] = i >= p->begin && i < p->end ? (uint32_t)(re * re) + (uint32_t)(im * im) : 0u;
  }
}

#endif
