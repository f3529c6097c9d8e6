/* Sums, or means by the multiplier, over any axes of quantised integers. */
#include "sum_q.h"

#ifndef ASSAY_SUM_Q_C
#define ASSAY_SUM_Q_C

#include "assay_elements.h"
#include "assay_loops.h"

ASSAY_KERNEL void assay_sum_q(const struct assay_sum_q *p, const void *in, void *out) {
  int32_t at[ASSAY_LOOPS] = {0}, turn[ASSAY_LOOPS] = {0};
  int32_t from = 0, none = 0, to = 0, i;
  do {
    int32_t begin = from, sum = p->zero_sum;
    do {
      for (i = 0; i < p->inner; ++i) sum += assay_element(in, p->type, begin + i * p->inner_step);
    } while (assay_next(turn, p->reduced, p->loops + 3 * p->kept, &begin, &none));
    sum = assay_multiply(sum, p->multiplier, p->shift) + p->out_zp;
    assay_set_element(out, p->type, to, assay_clamp(sum, p->min, p->max));
    ++to;
  } while (assay_next(at, p->kept, p->loops, &from, &none));
}

#endif
