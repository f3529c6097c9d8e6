#ifndef ASSAY_SIGNAL_LOG_H
#define ASSAY_SIGNAL_LOG_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_log {
  int32_t count;
  int32_t scale;                     /* of the output, times 2^16 */
  int32_t bits;                      /* the input is shifted left by */
  const ASSAY_FLASH uint16_t *table; /* [129]: 2^16 (log2(1 + i / 128) - i / 128) */
};

ASSAY_KERNEL void assay_signal_log(const struct assay_signal_log *p, const uint32_t *in,
                                   int16_t *out);

ASSAY_END_C

#endif
