/* max(x, 0). */
#include "relu_f32.h"

#ifndef ASSAY_RELU_F32_C
#define ASSAY_RELU_F32_C

ASSAY_KERNEL void assay_relu_f32(const struct assay_relu_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = x < 0.0f ? 0.0f : x;
  }
}

#endif
