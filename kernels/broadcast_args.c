/* The shape that two shapes repeat into, aligned at their last axis. */
#include "broadcast_args.h"

#ifndef ASSAY_BROADCAST_ARGS_C
#define ASSAY_BROADCAST_ARGS_C

ASSAY_KERNEL void assay_broadcast_args(const struct assay_broadcast_args *p, const void *a,
                                       const void *b, void *out) {
  const uint32_t *x = (const uint32_t *)a, *y = (const uint32_t *)b;
  uint32_t *to = (uint32_t *)out;
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const int32_t of_a = (i - p->count + p->a) * p->words, of_b = (i - p->count + p->b) * p->words;
    const uint32_t extent_a = of_a < 0 ? 1 : x[of_a], extent_b = of_b < 0 ? 1 : y[of_b];
    to[i * p->words] = extent_a == 1 ? extent_b : extent_a;
    if (p->words == 2) to[i * 2 + 1] = 0;
  }
}

#endif
