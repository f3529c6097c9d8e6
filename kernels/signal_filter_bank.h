#ifndef ASSAY_SIGNAL_FILTER_BANK_H
#define ASSAY_SIGNAL_FILTER_BANK_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_filter_bank {
  int32_t channels;
  const ASSAY_FLASH int16_t *weights, *unweights;
  const ASSAY_FLASH int16_t *frequencies; /* [channels + 1]: the first of each channel */
  const ASSAY_FLASH int16_t *starts;      /* [channels + 1]: its first weight */
  const ASSAY_FLASH int16_t *widths;      /* [channels + 1] */
};

ASSAY_KERNEL void assay_signal_filter_bank(const struct assay_signal_filter_bank *p,
                                           const uint32_t *in, uint64_t *out);

ASSAY_END_C

#endif
