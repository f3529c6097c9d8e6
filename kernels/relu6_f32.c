/* min(max(x, 0), 6). */
#include "relu6_f32.h"

#ifndef ASSAY_RELU6_F32_C
#define ASSAY_RELU6_F32_C

ASSAY_KERNEL void assay_relu6_f32(const struct assay_relu6_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = x > 6.0f ? 6.0f : (x < 0.0f ? 0.0f : x);
  }
}

#endif
