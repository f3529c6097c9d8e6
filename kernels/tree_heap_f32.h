#ifndef ASSAY_TREE_HEAP_F32_H
#define ASSAY_TREE_HEAP_F32_H

#include "assay_tree.h"

ASSAY_BEGIN_C

struct assay_tree_heap_f32 {
  ASSAY_FOREST;
};

ASSAY_KERNEL void assay_tree_heap_f32(const struct assay_tree_heap_f32 *p, const float *in,
                                      float *out, void *scratch);

ASSAY_END_C

#endif
