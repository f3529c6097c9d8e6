#ifndef ASSAY_SIGNAL_ENERGY_H
#define ASSAY_SIGNAL_ENERGY_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_energy {
  int32_t count;      /* of complex numbers */
  int32_t begin, end; /* which are computed; the others are 0 */
};

ASSAY_KERNEL void assay_signal_energy(const struct assay_signal_energy *p, const int16_t *in,
                                      uint32_t *out);

ASSAY_END_C

#endif
