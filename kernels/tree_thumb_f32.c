/* Trees that are Thumb-2 assembly: ranks, and then the function that was made for this forest.
 *
 * A rank is searched from the first key of the value's bucket on: few reads of flash, where a
 * bisection takes eight or nine. The function wants an FPU, and says so where it is made. */
#include "tree_thumb_f32.h"

#ifndef ASSAY_TREE_THUMB_F32_C
#define ASSAY_TREE_THUMB_F32_C

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

/* Ranks of all features as bytes, 255 to a column. */
ASSAY_INLINE void assay_tree_thumb_f32_columns(const struct assay_tree_thumb_f32 *p,
                                               const float *in, uint8_t *column) {
  const ASSAY_FLASH int32_t *search = p->search, *keys = p->keys;
  const ASSAY_FLASH int32_t *const end = search + 2 * p->searches;
  const ASSAY_FLASH float *bounds = p->bounds;
  const ASSAY_FLASH uint16_t *first = p->first;
  for (; search != end; search += 2, bounds += 2) {
    const int32_t count = search[0] & 0xffff, what = search[1];
    const float value = in[search[0] >> 16];
    uint8_t *const last = column + (what & 0xff);
    int32_t rank, x;
    memcpy(&x, &value, 4);
    if ((x & 0x7fffffff) > 0x7f800000) {
      rank = p->nan[(search - p->search) >> 1];
    } else {
      x ^= (int32_t)((uint32_t)(x >> 31) >> 1);
      rank = first[assay_tree_thumb_f32_bucket((value - bounds[0]) * bounds[1], count - 1)];
      while (keys[rank] < x) ++rank;
    }
    for (rank -= what >> 8; column != last; rank -= 255)
      *column++ = (uint8_t)assay_clamp(rank, 0, 255);
    keys += count + 1;
    first += count;
  }
}

ASSAY_KERNEL void assay_tree_thumb_f32(const struct assay_tree_thumb_f32 *p, const float *in,
                                       float *out, void *scratch) {
  int32_t row, k;
  for (row = 0; row < p->rows; ++row, in += p->features, out += p->outputs) {
    assay_tree_thumb_f32_columns(p, in, (uint8_t *)scratch);
    for (k = 0; k < p->outputs; ++k) out[k] = p->base[k];
    p->trees((const uint8_t *)scratch, out);
  }
}

#endif
