/* Running sums along an axis of integers of 32 or 64 bits, which wrap. */
#include "cumsum_int.h"

#ifndef ASSAY_CUMSUM_INT_C
#define ASSAY_CUMSUM_INT_C

ASSAY_KERNEL void assay_cumsum_int(const struct assay_cumsum_int *p, const void *in, void *out) {
  const int32_t step = p->reverse ? -p->inner : p->inner;
  const uint32_t *x = (const uint32_t *)in;
  uint32_t *y = (uint32_t *)out;
  int32_t o, i, k;
  for (o = 0; o < p->outer; ++o)
    for (i = 0; i < p->inner; ++i) {
      int32_t at = o * p->depth * p->inner + i + (p->reverse ? (p->depth - 1) * p->inner : 0);
      uint64_t sum = 0;
      for (k = 0; k < p->depth; ++k, at += step) {
        const uint32_t low = x[at * p->words];
        const uint64_t high = p->words == 2 ? x[at * 2 + 1] : 0;
        const uint64_t next = sum + ((high << 32) | low);
        if (!p->exclusive) sum = next;
        y[at * p->words] = (uint32_t)sum;
        if (p->words == 2) y[at * 2 + 1] = (uint32_t)(sum >> 32);
        sum = next;
      }
    }
}

#endif
