/* 1 / the square root. */
#include "rsqrt_f32.h"

#ifndef ASSAY_RSQRT_F32_C
#define ASSAY_RSQRT_F32_C

#include <math.h>

ASSAY_KERNEL void assay_rsqrt_f32(const struct assay_rsqrt_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = 1.0f / sqrtf(x);
  }
}

#endif
