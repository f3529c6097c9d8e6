/* Elements over a power of the squares of their neighbours in the row. */
#include "local_response_norm_f32.h"

#ifndef ASSAY_LOCAL_RESPONSE_NORM_F32_C
#define ASSAY_LOCAL_RESPONSE_NORM_F32_C

#include <math.h>

ASSAY_KERNEL void assay_local_response_norm_f32(const struct assay_local_response_norm_f32 *p,
                                                const float *in, float *out) {
  int32_t row, i, k;
  for (row = 0; row < p->rows; ++row, in += p->depth, out += p->depth)
    for (i = 0; i < p->depth; ++i) {
      const int32_t begin = i < p->radius ? 0 : i - p->radius;
      const int32_t end = p->depth - i < p->radius ? p->depth : i + p->radius;
      float sum = 0.0f;
      for (k = begin; k < end; ++k) sum += in[k] * in[k];
      out[i] = in[i] * powf(p->bias + p->alpha * sum, -p->beta);
    }
}

#endif
