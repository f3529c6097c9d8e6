/* Sum, product, minimum or maximum over any axes of integers as they are; of booleans, these are
 * any and all. */
#include "reduce_int.h"

#ifndef ASSAY_REDUCE_INT_C
#define ASSAY_REDUCE_INT_C

#include "assay_elements.h"
#include "assay_loops.h"

ASSAY_KERNEL void assay_reduce_int(const struct assay_reduce_int *p, const void *in, void *out) {
  int32_t at[ASSAY_LOOPS] = {0}, turn[ASSAY_LOOPS] = {0};
  int32_t from = 0, none = 0, to = 0, i;
  do {
    int32_t begin = from;
    int32_t y = p->op < 2 ? p->op : assay_element(in, p->type, from);
    do {
      for (i = 0; i < p->inner; ++i) {
        const int32_t x = assay_element(in, p->type, begin + i * p->inner_step);
        if (p->op == 0)
          y = (int32_t)((uint32_t)y + (uint32_t)x);
        else if (p->op == 1)
          y = (int32_t)((uint32_t)y * (uint32_t)x);
        else if (p->op == 2)
          y = x < y ? x : y;
        else
          y = x > y ? x : y;
      }
    } while (assay_next(turn, p->reduced, p->loops + 3 * p->kept, &begin, &none));
    assay_set_element(out, p->type, to, y);
    ++to;
  } while (assay_next(at, p->kept, p->loops, &from, &none));
}

#endif
