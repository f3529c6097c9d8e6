/* Running sums along an axis, of one scale, as elements of another. */
#include "cumsum_s8.h"

#ifndef ASSAY_CUMSUM_S8_C
#define ASSAY_CUMSUM_S8_C

ASSAY_KERNEL void assay_cumsum_s8(const struct assay_cumsum_s8 *p, const int8_t *in, int8_t *out) {
  const int32_t step = p->reverse ? -p->inner : p->inner;
  int32_t o, i, k;
  for (o = 0; o < p->outer; ++o, in += p->depth * p->inner, out += p->depth * p->inner)
    for (i = 0; i < p->inner; ++i) {
      int32_t at = i + (p->reverse ? (p->depth - 1) * p->inner : 0);
      int32_t sum = p->start;
      for (k = 0; k < p->depth; ++k, at += step) {
        const int32_t next = sum + in[at] - p->zero;
        const int32_t wide = (int32_t)((uint32_t)(p->exclusive ? sum : next) << 19);
        out[at] =
            (int8_t)assay_clamp(assay_multiply(wide, p->factor, p->shift) + p->out_zero, -128, 127);
        sum = next;
      }
    }
}

#endif
