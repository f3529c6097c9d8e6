/* Perfect trees, the children of node i at 2i and 2i + 1: no branch depends on the data. A node is
 * a column and, above it, the rank from which on it goes right; element 0 of a tree is its depth
 * and, above it, the output that it adds to. */
#include "tree_heap_f32.h"

#ifndef ASSAY_TREE_HEAP_F32_C
#define ASSAY_TREE_HEAP_F32_C

ASSAY_INLINE uint32_t assay_tree_heap_f32_step(const ASSAY_FLASH uint16_t *node,
                                               const uint8_t *column, uint32_t i) {
  const uint32_t n = node[i];
  return i + i + (column[n & 255] >= n >> 8 ? 1u : 0u);
}

ASSAY_KERNEL void assay_tree_heap_f32(const struct assay_tree_heap_f32 *p, const float *in,
                                      float *out, void *scratch) {
  const int32_t width = p->leaf_width;
  uint8_t *column = (uint8_t *)scratch;
  int32_t row, t, k;
  for (row = 0; row < p->rows; ++row, in += p->features, out += p->outputs) {
    const ASSAY_FLASH uint16_t *node = p->node;
    const ASSAY_FLASH float *leaf = p->leaf;
    assay_tree_columns(p->ranked_features, p->ranked, p->parts, p->keys, in, column);
    for (k = 0; k < p->outputs; ++k) out[k] = p->base[k];
    for (t = p->trees; t > 0; --t) {
      const uint32_t depth = node[0] & 255u, size = (uint32_t)1 << depth;
      float *to = out + (node[0] >> 8);
      uint32_t i = 1;
      switch (depth) {
        default:
          for (i = 1; i < size >> 8;) i = assay_tree_heap_f32_step(node, column, i);
          /* fall through */
        case 8:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 7:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 6:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 5:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 4:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 3:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 2:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 1:
          i = assay_tree_heap_f32_step(node, column, i); /* fall through */
        case 0:
          break;
      }
      i -= size;
      node += size;
      if (width == 1) {
        *to += leaf[i];
        leaf += size;
      } else {
        const ASSAY_FLASH float *mine = leaf + (int32_t)i * width;
        for (k = 0; k < width; ++k) to[k] += mine[k];
        leaf += (int32_t)size * width;
      }
    }
  }
}

#endif
