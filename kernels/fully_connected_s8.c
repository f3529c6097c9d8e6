/* Rows of int8 times a weight matrix, portable: any shape, any factor. */
#include "fully_connected_s8.h"

#ifndef ASSAY_FULLY_CONNECTED_S8_C
#define ASSAY_FULLY_CONNECTED_S8_C

ASSAY_KERNEL void assay_fully_connected_s8(const struct assay_fully_connected_s8 *p,
                                           const int8_t *in, int8_t *out) {
  int32_t row, unit, i;
  for (row = 0; row < p->rows; ++row) {
    const ASSAY_FLASH int8_t *w = p->weights;
    const ASSAY_FLASH int32_t *rescale = p->rescale;
    for (unit = 0; unit < p->units; ++unit) {
      int32_t sum = p->bias[unit];
      for (i = 0; i < p->depth; ++i) sum += *w++ * in[i];
      *out++ = assay_rescale_s8(sum, rescale, p->out_zp, p->out_min, p->out_max);
      rescale += p->rescale_step;
    }
    in += p->depth;
  }
}

#endif
