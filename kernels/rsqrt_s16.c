/* 1 / sqrt(x) of quantised int16; of what is not positive, the largest number. */
#include "rsqrt_s16.h"

#ifndef ASSAY_RSQRT_S16_C
#define ASSAY_RSQRT_S16_C

#include "assay_inverse_root.h"

ASSAY_KERNEL void assay_rsqrt_s16(const struct assay_rsqrt_s16 *p, const int16_t *in,
                                  int16_t *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    int32_t shift, y = 32767;
    const int32_t root = assay_inverse_root(in[i] < 0 ? 0 : in[i], &shift);
    if (in[i] > 0) y = assay_multiply(assay_multiply(1, root, shift + 20), p->multiplier, p->shift);
    out[i] = (int16_t)assay_clamp(y, -32768, 32767);
  }
}

#endif
