/* 1 / (1 + exp(-x)), with the cut-offs of TFLite. */
#include "logistic_f32.h"

#ifndef ASSAY_LOGISTIC_F32_C
#define ASSAY_LOGISTIC_F32_C

#include <math.h>

ASSAY_KERNEL void assay_logistic_f32(const struct assay_logistic_f32 *p, const float *in,
                                     float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = x > 16.619047164916992188f ? 1.0f : x < -9.0f ? expf(x) : 1.0f / (1.0f + expf(-x));
  }
}

#endif
