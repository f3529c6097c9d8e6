/* x, or x times its slope where it is negative, of quantised elements, with broadcasting. */
#include "prelu_q.h"

#ifndef ASSAY_PRELU_Q_C
#define ASSAY_PRELU_Q_C

#include "assay_elements.h"
#include "assay_loops.h"

ASSAY_KERNEL void assay_prelu_q(const struct assay_prelu_q *p, const void *a, const void *b,
                                void *out) {
  const struct assay_prelu_q q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const int32_t x = assay_element(a, q.type, from_a + i * q.a_step) - q.a_zp;
      const int32_t slope = assay_element(b, q.slope_type, from_b + i * q.b_step) - q.b_zp;
      const int32_t z = x >= 0 ? assay_multiply(x, q.multiplier, q.shift)
                               : assay_multiply(x * slope, q.slope_multiplier, q.slope_shift);
      assay_set_element(out, q.type, to, assay_clamp(z + q.out_zp, q.min, q.max));
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
