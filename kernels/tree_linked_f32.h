#ifndef ASSAY_TREE_LINKED_F32_H
#define ASSAY_TREE_LINKED_F32_H

#include "assay_tree.h"

ASSAY_BEGIN_C

struct assay_tree_linked_f32 {
  ASSAY_FOREST;
  const ASSAY_FLASH int32_t *tree; /* first node, first leaf, output << 16 | child to begin with */
};

ASSAY_KERNEL void assay_tree_linked_f32(const struct assay_tree_linked_f32 *p, const float *in,
                                        float *out, void *scratch);

ASSAY_END_C

#endif
