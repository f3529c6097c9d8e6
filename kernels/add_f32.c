/* a + b or a - b of float, with broadcasting. */
#include "add_f32.h"

#ifndef ASSAY_ADD_F32_C
#define ASSAY_ADD_F32_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_add_f32(const struct assay_add_f32 *p, const float *a, const float *b,
                                float *out) {
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, i;
  if (p->inner == 0) return;
  do {
    const float *x = a + from_a, *y = b + from_b;
    for (i = 0; i < p->inner; ++i, x += p->a_step, y += p->b_step) {
      *out++ = assay_clamp_f32(*x + p->b_sign * *y, p->min, p->max);
    }
  } while (assay_next(at, p->rank, p->loops, &from_a, &from_b));
}

#endif
