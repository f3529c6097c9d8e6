/* Rows over the root of their sum of squares. */
#include "l2_normalization_f32.h"

#ifndef ASSAY_L2_NORMALIZATION_F32_C
#define ASSAY_L2_NORMALIZATION_F32_C

#include <math.h>

ASSAY_KERNEL void assay_l2_normalization_f32(const struct assay_l2_normalization_f32 *p,
                                             const float *in, float *out) {
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += p->depth, out += p->depth) {
    float norm = 0.0f;
    for (i = 0; i < p->depth; ++i) norm += in[i] * in[i];
    norm = sqrtf(norm);
    if (norm < 1e-6f) norm = 1e-6f;
    for (i = 0; i < p->depth; ++i) out[i] = in[i] / norm;
  }
}

#endif
