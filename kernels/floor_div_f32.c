/* The floor of a / b, with broadcasting. */
#include "floor_div_f32.h"

#ifndef ASSAY_FLOOR_DIV_F32_C
#define ASSAY_FLOOR_DIV_F32_C

#include <math.h>

#include "assay_loops.h"

ASSAY_KERNEL void assay_floor_div_f32(const struct assay_floor_div_f32 *p, const float *a,
                                      const float *b, float *out) {
  const struct assay_floor_div_f32 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const float x = a[from_a + i * q.a_step], y = b[from_b + i * q.b_step];
      out[to] = floorf(x / y);
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
