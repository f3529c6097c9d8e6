/* x times the normal distribution's share below x, by tanh. */
#include "gelu_tanh_f32.h"

#ifndef ASSAY_GELU_TANH_F32_C
#define ASSAY_GELU_TANH_F32_C

#include <math.h>

ASSAY_KERNEL void assay_gelu_tanh_f32(const struct assay_gelu_tanh_f32 *p, const float *in,
                                      float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = 0.5f * x * (1.0f + tanhf(0.79788456080286535588f * (x + 0.044715f * x * x * x)));
  }
}

#endif
