#ifndef ASSAY_SIGNAL_FFT_AUTO_SCALE_H
#define ASSAY_SIGNAL_FFT_AUTO_SCALE_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_fft_auto_scale {
  int32_t count;
};

ASSAY_KERNEL void assay_signal_fft_auto_scale(const struct assay_signal_fft_auto_scale *p,
                                              const int16_t *in, int16_t *out, int32_t *bits);

ASSAY_END_C

#endif
