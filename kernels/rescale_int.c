/* Integers of one scale and type as those of another, with a slope of its own below zero. */
#include "rescale_int.h"

#ifndef ASSAY_RESCALE_INT_C
#define ASSAY_RESCALE_INT_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_rescale_int(const struct assay_rescale_int *p, const void *in, void *out) {
  const struct assay_rescale_int q = *p;
  int32_t i;
  for (i = 0; i < q.count; ++i) {
    const int32_t x = (int32_t)((uint32_t)assay_element(in, q.from, i) - (uint32_t)q.in_zp);
    const int32_t y = x >= 0 ? assay_multiply(x, q.multiplier, q.shift)
                             : assay_multiply(q.below_sign * x, q.below_multiplier, q.below_shift);
    assay_set_element(out, q.to, i,
                      assay_clamp((int32_t)((uint32_t)y + (uint32_t)q.out_zp), q.min, q.max));
  }
}

#endif
