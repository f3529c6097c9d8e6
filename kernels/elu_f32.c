/* x, or exp(x) - 1 where it is negative. */
#include "elu_f32.h"

#ifndef ASSAY_ELU_F32_C
#define ASSAY_ELU_F32_C

#include <math.h>

ASSAY_KERNEL void assay_elu_f32(const struct assay_elu_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = x < 0.0f ? expm1f(x) : x;
  }
}

#endif
