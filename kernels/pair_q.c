/* Two quantised elements, with broadcasting: brought to one scale with `left` more bits, computed
 * with and brought to the output's; a product is not brought to one scale. */
#include "pair_q.h"

#ifndef ASSAY_PAIR_Q_C
#define ASSAY_PAIR_Q_C

#include "assay_elements.h"
#include "assay_loops.h"
#include "assay_pair.h"

ASSAY_KERNEL void assay_pair_q(const struct assay_pair_q *p, const void *a, const void *b,
                               void *out) {
  const struct assay_pair_q q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const int32_t x = assay_element(a, q.type, from_a + i * q.a_step) - q.a_zp;
      const int32_t y = assay_element(b, q.type, from_b + i * q.b_step) - q.b_zp;
      int32_t u, v, z;
      if (q.op == ASSAY_MUL) {
        z = x * y;
      } else {
        u = assay_multiply(x * ((int32_t)1 << q.left), q.a_multiplier, q.a_shift);
        v = assay_multiply(y * ((int32_t)1 << q.left), q.b_multiplier, q.b_shift);
        if (q.op >= ASSAY_EQUAL) {
          ((uint8_t *)out)[to] = (uint8_t)ASSAY_COMPARE(q.op, u, v);
          continue;
        }
        z = q.op == ASSAY_ADD ? u + v : u - v;
        if (q.op == ASSAY_SQUARED_DIFFERENCE) z = (int32_t)((uint32_t)z * (uint32_t)z);
      }
      z = assay_multiply(z, q.out_multiplier, q.out_shift) + q.out_zp;
      assay_set_element(out, q.type, to, assay_clamp(z, q.min, q.max));
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
