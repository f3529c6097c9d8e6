/* Frames times a window. */
#include "signal_window.h"

#ifndef ASSAY_SIGNAL_WINDOW_C
#define ASSAY_SIGNAL_WINDOW_C

ASSAY_KERNEL void assay_signal_window(const struct assay_signal_window *p, const int16_t *in,
                                      int16_t *out) {
  int32_t row, i;
  for (row = 0; row < p->rows; ++row)
    for (i = 0; i < p->size; ++i)
      *out++ = (int16_t)assay_clamp(((int32_t)*in++ * p->window[i]) >> p->shift, -32768, 32767);
}

#endif
