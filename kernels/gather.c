/* Slices of an axis by their numbers; a number out of range reads the nearest slice. */
#include "gather.h"

#ifndef ASSAY_GATHER_C
#define ASSAY_GATHER_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_gather(const struct assay_gather *p, const void *in, const void *indices,
                               void *out) {
  const uint8_t *x = (const uint8_t *)in;
  uint8_t *y = (uint8_t *)out;
  int32_t b, o, i;
  for (b = 0; b < p->batches; ++b)
    for (o = 0; o < p->outer; ++o, x += p->extent * p->run)
      for (i = 0; i < p->count; ++i, y += p->run) {
        const int32_t k = b * p->count + i;
        const int64_t wanted =
            p->type == 4 ? ((const int64_t *)indices)[k] : assay_element(indices, p->type, k);
        const int32_t at =
            (int32_t)(wanted < 0 ? 0 : (wanted >= p->extent ? p->extent - 1 : wanted));
        memcpy(y, x + at * p->run, (size_t)p->run);
      }
}

#endif
