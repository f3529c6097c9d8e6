/* Trees that are Thumb-2 assembly: ranks, and then the function that was made for this forest.
 *
 * A rank is searched from the first key of the value's bucket on: few reads of flash, where a
 * bisection takes eight or nine. Wants an FPU. */
#include "tree_thumb_f32.h"

#ifndef ASSAY_TREE_THUMB_F32_C
#define ASSAY_TREE_THUMB_F32_C

#if defined(__arm__) && !(defined(__ARM_FP) && defined(__GNUC__))
#error "these trees are GNU assembly for a core with an FPU; emit them with --optimize balanced"
#endif

/* Towards zero, 0 .. last. VCVT saturates, which C does not promise. */
ASSAY_INLINE int32_t assay_tree_thumb_f32_bucket(float at, int32_t last) {
#if defined(__ARM_FP) && defined(__GNUC__)
  uint32_t bucket;
  __asm__("vcvt.u32.f32 %0, %1" : "=t"(at) : "t"(at));
  memcpy(&bucket, &at, 4);
  return bucket < (uint32_t)last ? (int32_t)bucket : last;
#else
  return at > 0.0f ? (at < (float)last ? (int32_t)at : last) : 0;
#endif
}

/* Ranks of one feature as bytes, 255 to a column. */
ASSAY_INLINE uint8_t *assay_tree_thumb_f32_search(const ASSAY_FLASH int32_t *search,
                                                  const ASSAY_FLASH int32_t *keys,
                                                  const ASSAY_FLASH uint16_t *first,
                                                  const float *in, uint8_t *column) {
  const int32_t what = search[0], buckets = search[1];
  const float value = in[what >> 16];
  int32_t left = what & 0xff, rank = search[4], x;
  memcpy(&x, &value, 4);
  if ((x & 0x7fffffff) <= 0x7f800000) {
    const ASSAY_FLASH int32_t *at;
    float low, scale;
    memcpy(&low, search + 2, 4);
    memcpy(&scale, search + 3, 4);
    first += buckets & 0xffff;
    at = keys + first[1 + assay_tree_thumb_f32_bucket((value - low) * scale, buckets >> 16)];
    x ^= (int32_t)((uint32_t)(x >> 31) >> 1);
    while (*at < x) ++at;
    rank = (int32_t)(at - keys) - first[0];
  }
  rank -= ((what >> 8) & 0xff) * 255;
  do {
    *column++ = (uint8_t)assay_clamp(rank, 0, 255);
    rank -= 255;
  } while (--left > 0);
  return column;
}

ASSAY_KERNEL void assay_tree_thumb_f32(const struct assay_tree_thumb_f32 *p, const float *in,
                                       float *out, void *scratch) {
  int32_t row, k;
  for (row = 0; row < p->rows; ++row, in += p->features, out += p->outputs) {
    const ASSAY_FLASH int32_t *search = p->search;
    uint8_t *column = (uint8_t *)scratch;
    for (k = p->searches; k > 0; --k, search += 5)
      column = assay_tree_thumb_f32_search(search, p->keys, p->first, in, column);
    for (k = 0; k < p->outputs; ++k) out[k] = p->base[k];
    p->trees((const uint8_t *)scratch, out);
  }
}

#endif
