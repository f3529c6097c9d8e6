/* The logarithm of softmax along rows of float. */
#include "log_softmax_f32.h"

#ifndef ASSAY_LOG_SOFTMAX_F32_C
#define ASSAY_LOG_SOFTMAX_F32_C

#include <float.h>
#include <math.h>

ASSAY_KERNEL void assay_log_softmax_f32(const struct assay_log_softmax_f32 *p, const float *in,
                                        float *out) {
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += p->depth, out += p->depth) {
    float largest = -FLT_MAX, sum = 0.0f;
    for (i = 0; i < p->depth; ++i)
      if (largest < in[i]) largest = in[i];
    for (i = 0; i < p->depth; ++i) sum += expf(in[i] - largest);
    sum = logf(sum);
    for (i = 0; i < p->depth; ++i) out[i] = in[i] - largest - sum;
  }
}

#endif
