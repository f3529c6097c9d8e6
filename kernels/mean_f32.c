/* Means over any axes of float, summed in the order of the input. */
#include "mean_f32.h"

#ifndef ASSAY_MEAN_F32_C
#define ASSAY_MEAN_F32_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_mean_f32(const struct assay_mean_f32 *p, const float *in, float *out) {
  int32_t at[ASSAY_LOOPS] = {0}, turn[ASSAY_LOOPS] = {0};
  int32_t from = 0, none = 0, i;
  do {
    int32_t first = from;
    float sum = 0.0f;
    do {
      const float *x = in + first;
      for (i = 0; i < p->inner; ++i, x += p->inner_step) sum += *x;
    } while (assay_next(turn, p->summed, p->loops + 3 * p->kept, &first, &none));
    *out++ = sum / p->count;
  } while (assay_next(at, p->kept, p->loops, &from, &none));
}

#endif
