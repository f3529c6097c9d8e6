/* x where it is positive, alpha times x elsewhere. */
#include "leaky_relu_f32.h"

#ifndef ASSAY_LEAKY_RELU_F32_C
#define ASSAY_LEAKY_RELU_F32_C

ASSAY_KERNEL void assay_leaky_relu_f32(const struct assay_leaky_relu_f32 *p, const float *in,
                                       float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = x > 0.0f ? x : x * p->alpha;
  }
}

#endif
