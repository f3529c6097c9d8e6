/* A rank-decomposed filter over the features of the last `memory` inferences, which the state
 * keeps. */
#include "svdf_f32.h"

#ifndef ASSAY_SVDF_F32_C
#define ASSAY_SVDF_F32_C

ASSAY_INLINE float assay_svdf_f32_dot(const ASSAY_FLASH float *w, const float *x, int32_t count) {
  float sum = 0.0f;
  int32_t i;
  for (i = 0; i < count; ++i) sum += w[i] * x[i];
  return sum;
}

ASSAY_KERNEL void assay_svdf_f32(const struct assay_svdf_f32 *p, const float *in, float *state,
                                 float *out) {
  const int32_t filters = p->units * p->rank;
  int32_t b, f, u, r;
  memmove(state, state + 1, (size_t)(p->batches * filters * p->memory - 1) * sizeof *state);
  for (b = 0; b < p->batches; ++b, in += p->inputs, state += filters * p->memory) {
    for (f = 0; f < filters; ++f)
      state[f * p->memory + p->memory - 1] =
          assay_svdf_f32_dot(p->features + f * p->inputs, in, p->inputs);
    for (u = 0; u < p->units; ++u) {
      float sum = p->bias ? p->bias[u] : 0.0f;
      for (r = 0; r < p->rank; ++r) {
        f = u * p->rank + r;
        sum += assay_svdf_f32_dot(p->times + f * p->memory, state + f * p->memory, p->memory);
      }
      *out++ = assay_clamp_f32(sum, p->min, p->max);
    }
  }
}

#endif
