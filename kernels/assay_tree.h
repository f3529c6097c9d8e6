/* Ranks of features: how many of its thresholds lie below each, as bytes.
 *
 * Floats are compared as integers of the same order, so that no core needs an FPU for it. */
#ifndef ASSAY_TREE_H
#define ASSAY_TREE_H

#include "assay_kernel.h"

/* What both kernels of trees are told, in the order of their parameters. */
#define ASSAY_FOREST                                                                        \
  int32_t rows, features, ranked, trees, leaf_width, outputs;                               \
  const ASSAY_FLASH int32_t *ranked_features; /* index, keys, log2(keys) << 24 | columns */ \
  const ASSAY_FLASH int32_t *parts; /* a column: which 255 keys << 8 | what NaN becomes */  \
  const ASSAY_FLASH int32_t *keys;                                                          \
  const ASSAY_FLASH float *base;                                                            \
  const ASSAY_FLASH uint16_t *node;                                                         \
  const ASSAY_FLASH float *leaf

/* A step of the search in a power of two of sorted keys, where some are left of it. */
#define ASSAY_TREE_HALVE(half) \
  if (at[(half)-1] < x) at += (half)

/* How many of n sorted keys are below x; 2^log2 is the largest power of two that is not above n.
 * Unrolled: a search is the larger part of small forests. */
ASSAY_INLINE int32_t assay_tree_rank(const ASSAY_FLASH int32_t *keys, int32_t n, int32_t log2,
                                     int32_t x) {
  const ASSAY_FLASH int32_t *at = keys;
  int32_t half = (int32_t)1 << log2;
  if (at[half - 1] < x) at += n - half;
  switch (log2) {
    default:
      for (half >>= 1; half > 128; half >>= 1) ASSAY_TREE_HALVE(half);
      /* fall through */
    case 8:
      ASSAY_TREE_HALVE(128); /* fall through */
    case 7:
      ASSAY_TREE_HALVE(64); /* fall through */
    case 6:
      ASSAY_TREE_HALVE(32); /* fall through */
    case 5:
      ASSAY_TREE_HALVE(16); /* fall through */
    case 4:
      ASSAY_TREE_HALVE(8); /* fall through */
    case 3:
      ASSAY_TREE_HALVE(4); /* fall through */
    case 2:
      ASSAY_TREE_HALVE(2); /* fall through */
    case 1:
      ASSAY_TREE_HALVE(1); /* fall through */
    case 0:
      ASSAY_TREE_HALVE(1);
  }
  return (int32_t)(at - keys);
}

/* `feature` and what follows: ranked_features, ranked, parts, keys. */
ASSAY_INLINE void assay_tree_columns(const ASSAY_FLASH int32_t *feature, int32_t ranked,
                                     const ASSAY_FLASH int32_t *part,
                                     const ASSAY_FLASH int32_t *keys, const float *in,
                                     uint8_t *column) {
  int32_t c;
  for (; ranked > 0; --ranked, feature += 3) {
    int32_t bits, rank = 0, is_nan;
    memcpy(&bits, in + feature[0], 4);
    is_nan = (bits & 0x7fffffff) > 0x7f800000;
    if (!is_nan)
      rank = assay_tree_rank(keys, feature[1], feature[2] >> 24,
                             bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1));
    for (c = feature[2] & 0xffffff; c > 0; --c, ++part) {
      const int32_t mine = rank - (*part >> 8) * 255;
      *column++ = (uint8_t)(is_nan ? *part & 255 : assay_clamp(mine, 0, 255));
    }
    keys += feature[1];
  }
}

#endif /* ASSAY_TREE_H */
