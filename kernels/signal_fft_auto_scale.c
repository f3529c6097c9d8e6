/* A frame shifted left as far as its largest value allows. */
#include "signal_fft_auto_scale.h"

#ifndef ASSAY_SIGNAL_FFT_AUTO_SCALE_C
#define ASSAY_SIGNAL_FFT_AUTO_SCALE_C

#include "assay_bits.h"

ASSAY_KERNEL void assay_signal_fft_auto_scale(const struct assay_signal_fft_auto_scale *p,
                                              const int16_t *in, int16_t *out, int32_t *bits) {
  int16_t largest = 0; /* wraps at -32768, as in TFLM */
  int32_t i, shift;
  for (i = 0; i < p->count; ++i) {
    const int32_t x = in[i];
    if (x > largest)
      largest = (int16_t)x;
    else if (-x > largest)
      largest = (int16_t)-x;
  }
  shift = 15 - assay_top_bit((uint32_t)(int32_t)largest);
  if (shift < 0) shift = 0;
  for (i = 0; i < p->count; ++i) out[i] = (int16_t)((uint32_t)(int32_t)in[i] << shift);
  *bits = shift;
}

#endif
