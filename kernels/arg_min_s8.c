/* Where the smallest element stands along an axis; the first of equals. */
#include "arg_min_s8.h"

#ifndef ASSAY_ARG_MIN_S8_C
#define ASSAY_ARG_MIN_S8_C

ASSAY_KERNEL void assay_arg_min_s8(const struct assay_arg_min_s8 *p, const int8_t *in, void *out) {
  int32_t *index = (int32_t *)out;
  int32_t o, c, i;
  for (o = 0; o < p->outer; ++o, in += p->count * p->inner) {
    for (i = 0; i < p->inner; ++i, index += p->words) {
      const int8_t *x = in + i;
      int8_t least = *x;
      int32_t best = 0;
      for (c = 1; c < p->count; ++c) {
        x += p->inner;
        if (*x < least) {
          least = *x;
          best = c;
        }
      }
      index[0] = best;
      if (p->words == 2) index[1] = 0;
    }
  }
}

#endif
