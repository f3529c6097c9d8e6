/* Sum, product, minimum or maximum over any axes of 64-bit integers. */
#include "reduce_s64.h"

#ifndef ASSAY_REDUCE_S64_C
#define ASSAY_REDUCE_S64_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_reduce_s64(const struct assay_reduce_s64 *p, const int64_t *in,
                                   int64_t *out) {
  int32_t at[ASSAY_LOOPS] = {0}, turn[ASSAY_LOOPS] = {0};
  int32_t from = 0, none = 0, to = 0, i;
  do {
    int32_t begin = from;
    int64_t y = p->op < 2 ? p->op : in[from];
    do {
      for (i = 0; i < p->inner; ++i) {
        const int64_t x = in[begin + i * p->inner_step];
        if (p->op == 0)
          y = (int64_t)((uint64_t)y + (uint64_t)x);
        else if (p->op == 1)
          y = (int64_t)((uint64_t)y * (uint64_t)x);
        else if (p->op == 2)
          y = x < y ? x : y;
        else
          y = x > y ? x : y;
      }
    } while (assay_next(turn, p->reduced, p->loops + 3 * p->kept, &begin, &none));
    out[to] = y;
    ++to;
  } while (assay_next(at, p->kept, p->loops, &from, &none));
}

#endif
