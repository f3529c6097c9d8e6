/* Slices by tuples of numbers, taken from or added to a tensor; numbers out of range mean the
 * nearest. */
#include "gather_nd.h"

#ifndef ASSAY_GATHER_ND_C
#define ASSAY_GATHER_ND_C

#include "assay_elements.h"

ASSAY_INLINE void assay_gather_nd_add(int32_t type, const uint8_t *from, uint8_t *to,
                                      int32_t bytes) {
  int32_t i;
  if (type == 5)
    for (i = 0; i < bytes / 4; ++i)
      ((float *)(void *)to)[i] += ((const float *)(const void *)from)[i];
  else if (type == 4)
    for (i = 0; i < bytes / 8; ++i)
      ((int64_t *)(void *)to)[i] += ((const int64_t *)(const void *)from)[i];
  else
    for (i = 0; i < bytes / (type == ASSAY_S32 ? 4 : (type == ASSAY_S16 ? 2 : 1)); ++i)
      assay_set_element(
          to, type, i,
          (int32_t)((uint32_t)assay_element(to, type, i) + (uint32_t)assay_element(from, type, i)));
}

ASSAY_KERNEL void assay_gather_nd(const struct assay_gather_nd *p, const void *in,
                                  const void *indices, void *out) {
  const uint8_t *x = (const uint8_t *)in;
  uint8_t *y = (uint8_t *)out;
  int32_t i, k;
  if (p->scatter) memset(y, 0, (size_t)p->out_bytes);
  for (i = 0; i < p->count; ++i) {
    int32_t at = 0;
    for (k = 0; k < p->depth; ++k) {
      const int32_t extent = p->axes[2 * k], n = i * p->depth + k;
      const int64_t wanted =
          p->type == 4 ? ((const int64_t *)indices)[n] : assay_element(indices, p->type, n);
      at +=
          (int32_t)(wanted < 0 ? 0 : (wanted >= extent ? extent - 1 : wanted)) * p->axes[2 * k + 1];
    }
    if (p->scatter)
      assay_gather_nd_add(p->sum_type, x + i * p->run, y + at, p->run);
    else
      memcpy(y + i * p->run, x + at, (size_t)p->run);
  }
}

#endif
