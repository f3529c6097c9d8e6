#ifndef ASSAY_LOCAL_RESPONSE_NORM_F32_H
#define ASSAY_LOCAL_RESPONSE_NORM_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_local_response_norm_f32 {
  int32_t rows, depth;
  int32_t radius; /* neighbours before; one less after */
  float bias, alpha, beta;
};

ASSAY_KERNEL void assay_local_response_norm_f32(const struct assay_local_response_norm_f32 *p,
                                                const float *in, float *out);

ASSAY_END_C

#endif
