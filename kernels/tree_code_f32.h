#ifndef ASSAY_TREE_CODE_F32_H
#define ASSAY_TREE_CODE_F32_H

#include "assay_tree.h"

ASSAY_BEGIN_C

struct assay_tree_code_f32 {
  int32_t rows, features, ranked, outputs;
  const ASSAY_FLASH int32_t *ranked_features; /* as ASSAY_FOREST says */
  const ASSAY_FLASH int32_t *parts;
  const ASSAY_FLASH int32_t *keys;
  const ASSAY_FLASH float *base;
  void (*trees)(const uint8_t *column, float *out); /* made for this forest: adds its leaves */
};

ASSAY_KERNEL void assay_tree_code_f32(const struct assay_tree_code_f32 *p, const float *in,
                                      float *out, void *scratch);

ASSAY_END_C

#endif
