/* One value where an index says, another everywhere else along a new axis. */
#include "one_hot.h"

#ifndef ASSAY_ONE_HOT_C
#define ASSAY_ONE_HOT_C

ASSAY_KERNEL void assay_one_hot(const struct assay_one_hot *p, const void *indices, const void *on,
                                const void *off, void *out) {
  uint8_t *y = (uint8_t *)out;
  int32_t o, d, i;
  for (o = 0; o < p->outer; ++o)
    for (d = 0; d < p->depth; ++d)
      for (i = 0; i < p->inner; ++i, y += p->bytes) {
        const int32_t k = o * p->inner + i;
        const int64_t index =
            p->wide ? ((const int64_t *)indices)[k] : (int64_t)((const int32_t *)indices)[k];
        memcpy(y, index == d ? on : off, (size_t)p->bytes);
      }
}

#endif
