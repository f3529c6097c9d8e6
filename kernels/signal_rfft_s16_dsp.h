#ifndef ASSAY_SIGNAL_RFFT_S16_DSP_H
#define ASSAY_SIGNAL_RFFT_S16_DSP_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_rfft_s16_dsp {
  int32_t rows, inputs;
  int32_t length;                      /* a power of two; inputs that lack are 0 */
  const ASSAY_FLASH int16_t *twiddles; /* as assay_signal_rfft_s16's */
  const ASSAY_FLASH int16_t *split;
  const ASSAY_FLASH uint16_t *order; /* [length / 2]: which pair of inputs the steps want there */
};

/* To the bit what assay_signal_rfft_s16 gives. */
ASSAY_KERNEL void assay_signal_rfft_s16_dsp(const struct assay_signal_rfft_s16_dsp *p,
                                            const int16_t *in, int16_t *out, void *scratch);

ASSAY_END_C

#endif
