/* Two floats, with broadcasting. What needs a library is in kernels of its own. */
#include "pair_f32.h"

#ifndef ASSAY_PAIR_F32_C
#define ASSAY_PAIR_F32_C

#include "assay_loops.h"
#include "assay_pair.h"

ASSAY_INLINE float assay_pair_f32_of(int32_t op, float a, float b) {
  switch (op) {
    case ASSAY_DIV:
      return a / b;
    case ASSAY_MINIMUM:
      return a < b ? a : b;
    case ASSAY_MAXIMUM:
      return a > b ? a : b;
    default:
      return (a - b) * (a - b);
  }
}

ASSAY_KERNEL void assay_pair_f32(const struct assay_pair_f32 *p, const float *a, const float *b,
                                 void *out) {
  const struct assay_pair_f32 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const float x = a[from_a + i * q.a_step], y = b[from_b + i * q.b_step];
      if (q.op >= ASSAY_EQUAL)
        ((uint8_t *)out)[to] = (uint8_t)ASSAY_COMPARE(q.op, x, y);
      else
        ((float *)out)[to] = assay_clamp_f32(assay_pair_f32_of(q.op, x, y), q.min, q.max);
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
