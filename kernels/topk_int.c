/* The largest elements of each row, in order, and where they stand; of equals the first. */
#include "topk_int.h"

#ifndef ASSAY_TOPK_INT_C
#define ASSAY_TOPK_INT_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_topk_int(const struct assay_topk_int *p, const void *in, void *values,
                                 int32_t *indices) {
  int32_t row, i, at;
  for (row = 0; row < p->rows; ++row) {
    const int32_t first = row * p->k;
    int32_t kept = 0;
    for (i = 0; i < p->depth; ++i) {
      const int32_t each = assay_element(in, p->type, row * p->depth + i);
      if (kept == p->k && each <= assay_element(values, p->type, first + kept - 1)) continue;
      if (kept < p->k) ++kept;
      for (at = first + kept - 1; at > first; --at) {
        const int32_t above = assay_element(values, p->type, at - 1);
        if (each <= above) break;
        assay_set_element(values, p->type, at, above);
        indices[at] = indices[at - 1];
      }
      assay_set_element(values, p->type, at, each);
      indices[at] = i;
    }
  }
}

#endif
