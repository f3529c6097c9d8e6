#ifndef ASSAY_LOG_SOFTMAX_F32_H
#define ASSAY_LOG_SOFTMAX_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_log_softmax_f32 {
  int32_t rows, depth;
};

ASSAY_KERNEL void assay_log_softmax_f32(const struct assay_log_softmax_f32 *p, const float *in,
                                        float *out);

ASSAY_END_C

#endif
