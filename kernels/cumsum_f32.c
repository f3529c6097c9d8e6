/* Running sums along an axis. */
#include "cumsum_f32.h"

#ifndef ASSAY_CUMSUM_F32_C
#define ASSAY_CUMSUM_F32_C

ASSAY_KERNEL void assay_cumsum_f32(const struct assay_cumsum_f32 *p, const float *in, float *out) {
  const int32_t step = p->reverse ? -p->inner : p->inner;
  int32_t o, i, k;
  for (o = 0; o < p->outer; ++o, in += p->depth * p->inner, out += p->depth * p->inner)
    for (i = 0; i < p->inner; ++i) {
      int32_t at = i + (p->reverse ? (p->depth - 1) * p->inner : 0);
      float sum = 0;
      for (k = 0; k < p->depth; ++k, at += step) {
        const float x = in[at];
        if (p->exclusive) out[at] = sum;
        sum += x;
        if (!p->exclusive) out[at] = sum;
      }
    }
}

#endif
