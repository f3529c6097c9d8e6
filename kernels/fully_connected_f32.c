/* Rows of float32 times a weight matrix. Products are added in the order of TFLite's reference, the
 * bias comes last. */
#include "fully_connected_f32.h"

#ifndef ASSAY_FULLY_CONNECTED_F32_C
#define ASSAY_FULLY_CONNECTED_F32_C

ASSAY_KERNEL void assay_fully_connected_f32(const struct assay_fully_connected_f32 *p,
                                            const float *in, float *out) {
  int32_t row, unit, i;
  for (row = 0; row < p->rows; ++row) {
    const ASSAY_FLASH float *w = p->weights;
    for (unit = 0; unit < p->units; ++unit) {
      float sum = 0.0f;
      for (i = 0; i < p->depth; ++i) sum += in[i] * *w++;
      *out++ = assay_clamp_f32(sum + (p->bias ? p->bias[unit] : 0.0f), p->min, p->max);
    }
    in += p->depth;
  }
}

#endif
