#ifndef ASSAY_LOG_F32_H
#define ASSAY_LOG_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_log_f32 {
  int32_t count;
};

ASSAY_KERNEL void assay_log_f32(const struct assay_log_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
