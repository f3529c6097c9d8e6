/* a + b or a - b of int8, rescaled, with broadcasting. Both terms are brought to twice the larger
 * scale with 20 more bits, where the one of the larger scale is exact without rounding. */
#include "add_s8.h"

#ifndef ASSAY_ADD_S8_C
#define ASSAY_ADD_S8_C

#include "assay_loops.h"

/* x * multiplier / 2^31 / 2^right for twice = 2 * x, below 2^30: rounded ties upwards, then ties
 * away from zero. What assay_multiply computes, in fewer instructions. */
ASSAY_INLINE int32_t assay_add_rescale(int32_t twice, int32_t multiplier, int32_t right) {
  const int32_t half = (int32_t)(((uint32_t)1 << right) >> 1);
  const int32_t r = (int32_t)(((int64_t)twice * multiplier + ((int64_t)1 << 31)) >> 32);
  return (r + half + ((r >> 31) & (right == 0 ? 0 : -1))) >> right;
}

ASSAY_KERNEL void assay_add_s8(const struct assay_add_s8 *p, const int8_t *a, const int8_t *b,
                               int8_t *out) {
  /* Copies, because a store of int8 could change what p points to. */
  const struct assay_add_s8 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, i;
  if (q.inner == 0) return;
  do {
    const int8_t *x = a + from_a, *y = b + from_b;
    for (i = 0; i < q.inner; ++i, x += q.a_step, y += q.b_step) {
      const int32_t u = *x * q.a_factor + q.a_offset;
      const int32_t v =
          assay_add_rescale((*y - q.b_zp) * ((int32_t)1 << 21), q.b_multiplier, q.b_right);
      const int32_t sum = assay_add_rescale((u + q.b_sign * v) * 2, q.out_multiplier, q.out_right);
      *out++ = (int8_t)assay_clamp(sum + q.out_zp, q.min, q.max);
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
