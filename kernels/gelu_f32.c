/* x times the normal distribution's share below x. */
#include "gelu_f32.h"

#ifndef ASSAY_GELU_F32_C
#define ASSAY_GELU_F32_C

#include <math.h>

ASSAY_KERNEL void assay_gelu_f32(const struct assay_gelu_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = 0.5f * x * erfcf(x * -0.70710678118654752440f);
  }
}

#endif
