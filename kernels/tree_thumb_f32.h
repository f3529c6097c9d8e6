#ifndef ASSAY_TREE_THUMB_F32_H
#define ASSAY_TREE_THUMB_F32_H

#include "assay_tree.h"

ASSAY_BEGIN_C

struct assay_tree_thumb_f32 {
  int32_t rows, features, searches, outputs;
  /* Of a search: index << 16 | keys; ranks to leave out << 8 | columns. */
  const ASSAY_FLASH int32_t *search;
  const ASSAY_FLASH float *bounds;   /* of a search: where its buckets begin, buckets in 1 */
  const ASSAY_FLASH int32_t *nan;    /* of a search: NaN's rank */
  const ASSAY_FLASH int32_t *keys;   /* of a search, and then one that is not below */
  const ASSAY_FLASH uint16_t *first; /* of a bucket, as many as keys: its first key */
  const ASSAY_FLASH float *base;
  void (*trees)(const uint8_t *column, float *out); /* made for this forest: adds its leaves */
};

ASSAY_KERNEL void assay_tree_thumb_f32(const struct assay_tree_thumb_f32 *p, const float *in,
                                       float *out, void *scratch);

ASSAY_END_C

#endif
