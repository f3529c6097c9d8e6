/* Means over any axes of int8, rescaled. */
#include "mean_s8.h"

#ifndef ASSAY_MEAN_S8_C
#define ASSAY_MEAN_S8_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_mean_s8(const struct assay_mean_s8 *p, const int8_t *in, int8_t *out) {
  int32_t at[ASSAY_LOOPS] = {0}, turn[ASSAY_LOOPS] = {0};
  int32_t from = 0, none = 0, i;
  do {
    int32_t first = from;
    int32_t sum = p->zero_sum;
    do {
      const int8_t *x = in + first;
      for (i = 0; i < p->inner; ++i, x += p->inner_step) sum += *x;
    } while (assay_next(turn, p->summed, p->loops + 3 * p->kept, &first, &none));
    *out++ =
        (int8_t)assay_clamp(assay_multiply(sum, p->multiplier, p->shift) + p->out_zp, -128, 127);
  } while (assay_next(at, p->kept, p->loops, &from, &none));
}

#endif
