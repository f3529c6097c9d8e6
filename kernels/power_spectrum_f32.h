#ifndef ASSAY_POWER_SPECTRUM_F32_H
#define ASSAY_POWER_SPECTRUM_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_power_spectrum_f32 {
  int32_t rows, depth;               /* depth samples a row, n with the zeros behind them */
  int32_t n;                         /* a power of two, at least 4 */
  int32_t is_root;                   /* 1: the magnitude */
  const ASSAY_FLASH float *twiddles; /* [n / 2][2]: cos and -sin of 2 pi k / n */
};

/* scratch: n floats. */
ASSAY_KERNEL void assay_power_spectrum_f32(const struct assay_power_spectrum_f32 *p,
                                           const float *in, float *out, void *scratch);

ASSAY_END_C

#endif
