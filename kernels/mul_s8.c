/* a * b of int8, rescaled, with broadcasting. */
#include "mul_s8.h"

#ifndef ASSAY_MUL_S8_C
#define ASSAY_MUL_S8_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_mul_s8(const struct assay_mul_s8 *p, const int8_t *a, const int8_t *b,
                               int8_t *out) {
  /* Copies, because a store of int8 could change what p points to. */
  const struct assay_mul_s8 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, i;
  if (q.inner == 0) return;
  do {
    const int8_t *x = a + from_a, *y = b + from_b;
    for (i = 0; i < q.inner; ++i, x += q.a_step, y += q.b_step) {
      const int32_t product = (*x - q.a_zp) * (*y - q.b_zp);
      const int32_t scaled = assay_multiply(product, q.multiplier, q.shift) + q.out_zp;
      *out++ = (int8_t)assay_clamp(scaled, q.min, q.max);
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
