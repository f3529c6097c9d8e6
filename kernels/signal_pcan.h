#ifndef ASSAY_SIGNAL_PCAN_H
#define ASSAY_SIGNAL_PCAN_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_pcan {
  int32_t channels;
  int32_t shift;                    /* right, of signal times gain */
  const ASSAY_FLASH int16_t *gains; /* [125]: a piecewise polynomial of the noise */
};

ASSAY_KERNEL void assay_signal_pcan(const struct assay_signal_pcan *p, const uint32_t *in,
                                    const uint32_t *noise, uint32_t *out);

ASSAY_END_C

#endif
