/* Trees that are code: ranks, and then the function of nested comparisons that was made for this
 * forest. */
#include "tree_code_f32.h"

#ifndef ASSAY_TREE_CODE_F32_C
#define ASSAY_TREE_CODE_F32_C

ASSAY_KERNEL void assay_tree_code_f32(const struct assay_tree_code_f32 *p, const float *in,
                                      float *out, void *scratch) {
  uint8_t *column = (uint8_t *)scratch;
  int32_t row, k;
  for (row = 0; row < p->rows; ++row, in += p->features, out += p->outputs) {
    assay_tree_columns(p->ranked_features, p->ranked, p->parts, p->keys, in, column);
    for (k = 0; k < p->outputs; ++k) out[k] = p->base[k];
    p->trees(column, out);
  }
}

#endif
