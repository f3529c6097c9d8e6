/* One more tensor on a sum of tensors. */
#include "add_n_f32.h"

#ifndef ASSAY_ADD_N_F32_C
#define ASSAY_ADD_N_F32_C

ASSAY_KERNEL void assay_add_n_f32(const struct assay_add_n_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) out[i] = (p->first ? 0.0f : out[i]) + in[i];
}

#endif
