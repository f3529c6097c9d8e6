/* Float to int8 or uint8: rounded half away from zero, saturated. */
#include "quantize_8.h"

#ifndef ASSAY_QUANTIZE_8_C
#define ASSAY_QUANTIZE_8_C

ASSAY_KERNEL void assay_quantize_8(const struct assay_quantize_8 *p, const float *in, void *out) {
  uint8_t *y = (uint8_t *)out; /* either type: the low 8 bits are the same */
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float steps = in[i] / p->scale;
    int32_t q = 0;
    if (steps >= 512.0f) {
      q = 512; /* beyond it the result is an end of the range whatever the zero point */
    } else if (steps <= -512.0f) {
      q = -512;
    } else if (steps == steps) { /* not a NaN */
      const float rest = steps - (float)(int32_t)steps;
      q = (int32_t)steps;
      if (rest >= 0.5f) ++q;
      if (rest <= -0.5f) --q;
    }
    y[i] = (uint8_t)assay_clamp(q + p->zero_point, p->min, p->max);
  }
}

#endif
