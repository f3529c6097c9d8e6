#ifndef ASSAY_ADD_N_F32_H
#define ASSAY_ADD_N_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_add_n_f32 {
  int32_t count;
  int32_t first; /* the sum begins here */
};

ASSAY_KERNEL void assay_add_n_f32(const struct assay_add_n_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
