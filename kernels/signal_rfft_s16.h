#ifndef ASSAY_SIGNAL_RFFT_S16_H
#define ASSAY_SIGNAL_RFFT_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_rfft_s16 {
  int32_t rows, inputs;
  int32_t length;                      /* a power of two; inputs that lack are 0 */
  const ASSAY_FLASH int16_t *twiddles; /* [length / 2][2]: exp(-2 pi i k / (length / 2)) */
  const ASSAY_FLASH int16_t *split; /* [length / 4][2]: exp(-pi i ((k + 1) / (length / 2) + 1/2)) */
};

ASSAY_KERNEL void assay_signal_rfft_s16(const struct assay_signal_rfft_s16 *p, const int16_t *in,
                                        int16_t *out, void *scratch);

ASSAY_END_C

#endif
