/* Sum, product, minimum or maximum over any axes of float, in the order of the input. */
#include "reduce_f32.h"

#ifndef ASSAY_REDUCE_F32_C
#define ASSAY_REDUCE_F32_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_reduce_f32(const struct assay_reduce_f32 *p, const float *in, float *out) {
  int32_t at[ASSAY_LOOPS] = {0}, turn[ASSAY_LOOPS] = {0};
  int32_t from = 0, none = 0, to = 0, i;
  do {
    int32_t begin = from;
    float y = p->op < 2 ? (float)p->op : in[from];
    do {
      for (i = 0; i < p->inner; ++i) {
        const float x = in[begin + i * p->inner_step];
        if (p->op == 0)
          y = y + x;
        else if (p->op == 1)
          y = y * x;
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
