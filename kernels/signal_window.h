#ifndef ASSAY_SIGNAL_WINDOW_H
#define ASSAY_SIGNAL_WINDOW_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_signal_window {
  int32_t rows, size;
  int32_t shift;                     /* right, of each product */
  const ASSAY_FLASH int16_t *window; /* [size] */
};

ASSAY_KERNEL void assay_signal_window(const struct assay_signal_window *p, const int16_t *in,
                                      int16_t *out);

ASSAY_END_C

#endif
