/* Square root. */
#include "sqrt_f32.h"

#ifndef ASSAY_SQRT_F32_C
#define ASSAY_SQRT_F32_C

#include <math.h>

ASSAY_KERNEL void assay_sqrt_f32(const struct assay_sqrt_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = sqrtf(x);
  }
}

#endif
