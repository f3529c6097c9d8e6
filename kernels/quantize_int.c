/* Float to int16 or int32: rounded half away from zero, saturated. */
#include "quantize_int.h"

#ifndef ASSAY_QUANTIZE_INT_C
#define ASSAY_QUANTIZE_INT_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_quantize_int(const struct assay_quantize_int *p, const float *in,
                                     void *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float steps = in[i] / p->scale;
    int64_t q = 0;
    if (steps >= 2147483648.0f) {
      q = p->max;
    } else if (steps <= -2147483648.0f) {
      q = p->min;
    } else if (steps == steps) { /* not a NaN */
      const float rest = steps - (float)(int32_t)steps;
      q = (int32_t)steps;
      if (rest >= 0.5f) ++q;
      if (rest <= -0.5f) --q;
      q += p->zero_point;
    }
    assay_set_element(out, p->type, i, (int32_t)(q < p->min ? p->min : (q > p->max ? p->max : q)));
  }
}

#endif
