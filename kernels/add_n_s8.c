/* One more tensor on a sum of tensors of one scale; the last one's call rescales the sum. */
#include "add_n_s8.h"

#ifndef ASSAY_ADD_N_S8_C
#define ASSAY_ADD_N_S8_C

ASSAY_KERNEL void assay_add_n_s8(const struct assay_add_n_s8 *p, const int8_t *in, int8_t *out,
                                 void *scratch) {
  int16_t *sums = (int16_t *)scratch;
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const int32_t sum = (p->first ? p->start : sums[i]) + in[i] - p->zero;
    sums[i] = (int16_t)sum;
    if (p->last) {
      const int32_t wide = (int32_t)((uint32_t)sum << 19);
      out[i] =
          (int8_t)assay_clamp(assay_multiply(wide, p->factor, p->shift) + p->out_zero, -128, 127);
    }
  }
}

#endif
