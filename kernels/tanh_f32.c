/* Hyperbolic tangent. */
#include "tanh_f32.h"

#ifndef ASSAY_TANH_F32_C
#define ASSAY_TANH_F32_C

#include <math.h>

ASSAY_KERNEL void assay_tanh_f32(const struct assay_tanh_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = tanhf(x);
  }
}

#endif
