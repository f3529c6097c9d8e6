/* The largest elements of each row, in order, and where they stand; of equals the first. */
#include "topk_f32.h"

#ifndef ASSAY_TOPK_F32_C
#define ASSAY_TOPK_F32_C

ASSAY_KERNEL void assay_topk_f32(const struct assay_topk_f32 *p, const float *in, float *values,
                                 int32_t *indices) {
  int32_t row, i, at;
  for (row = 0; row < p->rows; ++row, in += p->depth, values += p->k, indices += p->k) {
    int32_t kept = 0;
    for (i = 0; i < p->depth; ++i) {
      const float each = in[i];
      if (kept == p->k && !(each > values[kept - 1])) continue;
      if (kept < p->k) ++kept;
      for (at = kept - 1; at > 0 && each > values[at - 1]; --at) {
        values[at] = values[at - 1];
        indices[at] = indices[at - 1];
      }
      values[at] = each;
      indices[at] = i;
    }
  }
}

#endif
