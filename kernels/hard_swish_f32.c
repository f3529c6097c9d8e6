/* x * min(max(x + 3, 0), 6) / 6. */
#include "hard_swish_f32.h"

#ifndef ASSAY_HARD_SWISH_F32_C
#define ASSAY_HARD_SWISH_F32_C

ASSAY_KERNEL void assay_hard_swish_f32(const struct assay_hard_swish_f32 *p, const float *in,
                                       float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = x * (x + 3.0f < 0.0f ? 0.0f : (x + 3.0f < 6.0f ? x + 3.0f : 6.0f)) / 6.0f;
  }
}

#endif
