/* a / b of int8, rescaled, with broadcasting: a is brought to the top of a word, multiplied with
 * b's inverse, then with the scales' quotient. */
#include "div_s8.h"

#ifndef ASSAY_DIV_S8_C
#define ASSAY_DIV_S8_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_div_s8(const struct assay_div_s8 *p, const int8_t *a, const int8_t *b,
                               int8_t *out) {
  const struct assay_div_s8 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const ASSAY_FLASH int32_t *inverse = q.inverse + 2 * (uint8_t)b[from_b + i * q.b_step];
      int32_t x = a[from_a + i * q.a_step] - q.a_zp, room = 0, z;
      int32_t size = x < 0 ? -x : x;
      while (room < 31 && size < ((int32_t)1 << 30)) { /* leading sign bits */
        size = (int32_t)((uint32_t)size << 1);
        ++room;
      }
      if (x == 0) room = 31;
      z = assay_high_mul((int32_t)((uint32_t)x << room), inverse[0]);
      room = q.shift - inverse[1] - room;
      z = room < -31 ? 0 : assay_multiply(z, q.multiplier, room);
      out[to] = (int8_t)assay_clamp(z + q.out_zp, q.min, q.max);
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
