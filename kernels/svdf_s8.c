/* A rank-decomposed filter over the features of the last `memory` inferences, which the state
 * keeps: it moves on by one, gets this inference's features, and is weighed over time. */
#include "svdf_s8.h"

#ifndef ASSAY_SVDF_S8_C
#define ASSAY_SVDF_S8_C

ASSAY_INLINE int32_t assay_svdf_s8_feature(const struct assay_svdf_s8 *p, const int8_t *x,
                                           int32_t filter) {
  const ASSAY_FLASH int8_t *w = p->features + filter * p->inputs;
  uint32_t sum = 0;
  int32_t i;
  for (i = 0; i < p->inputs; ++i) sum += (uint32_t)((int32_t)w[i] * (x[i] - p->in_zero));
  return assay_multiply((int32_t)sum, p->factors[0], p->factors[1]);
}

ASSAY_INLINE int32_t assay_svdf_s8_time(const struct assay_svdf_s8 *p, const void *state,
                                        int32_t batch, int32_t filter) {
  const int32_t first = (batch * p->units * p->rank + filter) * p->memory;
  const int32_t weights = filter * p->memory;
  uint32_t sum = 0;
  int32_t i;
  if (p->wide)
    for (i = 0; i < p->memory; ++i)
      sum += (uint32_t)((int32_t)p->times16[weights + i] *
                        (((const int16_t *)state)[first + i] - p->state_zero));
  else
    for (i = 0; i < p->memory; ++i)
      sum += (uint32_t)((int32_t)p->times8[weights + i] *
                        (((const int8_t *)state)[first + i] - p->state_zero));
  return (int32_t)sum;
}

ASSAY_KERNEL void assay_svdf_s8(const struct assay_svdf_s8 *p, const int8_t *in, void *state,
                                int8_t *out) {
  const int32_t filters = p->units * p->rank;
  const int32_t all = p->batches * filters * p->memory;
  int32_t b, f, u, r;
  if (p->wide)
    memmove(state, (const int16_t *)state + 1, (size_t)(all - 1) * 2);
  else
    memmove(state, (const int8_t *)state + 1, (size_t)(all - 1));
  for (b = 0; b < p->batches; ++b)
    for (f = 0; f < filters; ++f) {
      const int32_t at = (b * filters + f) * p->memory + p->memory - 1;
      const int32_t x = assay_svdf_s8_feature(p, in + b * p->inputs, f);
      if (p->wide)
        ((int16_t *)state)[at] = (int16_t)(p->state_zero + assay_clamp(x, -32768, 32767));
      else
        ((int8_t *)state)[at] = (int8_t)(p->state_zero + assay_clamp(x, -128, 127));
    }
  for (b = 0; b < p->batches; ++b)
    for (u = 0; u < p->units; ++u) {
      uint32_t sum = p->bias ? (uint32_t)p->bias[u] : 0u;
      for (r = 0; r < p->rank; ++r)
        sum += (uint32_t)assay_svdf_s8_time(p, state, b, u * p->rank + r);
      *out++ = assay_rescale_s8((int32_t)sum, p->factors + 2, p->out_zero, -128, 127);
    }
}

#endif
