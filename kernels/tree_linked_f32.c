/* Trees of any form: a node is its column, the rank from which on it goes right, and two children;
 * a child from 0x8000 on is a leaf. */
#include "tree_linked_f32.h"

#ifndef ASSAY_TREE_LINKED_F32_C
#define ASSAY_TREE_LINKED_F32_C

ASSAY_KERNEL void assay_tree_linked_f32(const struct assay_tree_linked_f32 *p, const float *in,
                                        float *out, void *scratch) {
  const int32_t width = p->leaf_width;
  uint8_t *column = (uint8_t *)scratch;
  int32_t row, t, k;
  for (row = 0; row < p->rows; ++row, in += p->features, out += p->outputs) {
    const ASSAY_FLASH int32_t *tree = p->tree;
    assay_tree_columns(p->ranked_features, p->ranked, p->parts, p->keys, in, column);
    for (k = 0; k < p->outputs; ++k) out[k] = p->base[k];
    for (t = p->trees; t > 0; --t, tree += 3) {
      const ASSAY_FLASH uint16_t *nodes = p->node + 4 * tree[0];
      const ASSAY_FLASH float *leaf;
      float *to = out + (tree[2] >> 16);
      uint32_t child = (uint32_t)tree[2] & 0xffffu;
      while (child < 0x8000u) {
        const ASSAY_FLASH uint16_t *node = nodes + 4 * child;
        child = column[node[0]] >= node[1] ? node[3] : node[2];
      }
      leaf = p->leaf + (tree[1] + (int32_t)(child - 0x8000u)) * width;
      for (k = 0; k < width; ++k) to[k] += leaf[k];
    }
  }
}

#endif
