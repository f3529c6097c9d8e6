/* x, or x times its slope where it is negative, with broadcasting. */
#include "prelu_f32.h"

#ifndef ASSAY_PRELU_F32_C
#define ASSAY_PRELU_F32_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_prelu_f32(const struct assay_prelu_f32 *p, const float *a, const float *b,
                                  float *out) {
  const struct assay_prelu_f32 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const float x = a[from_a + i * q.a_step];
      out[to] = x >= 0.0f ? x : x * b[from_b + i * q.b_step];
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
