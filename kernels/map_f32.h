#ifndef ASSAY_MAP_F32_H
#define ASSAY_MAP_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_map_f32 {
  int32_t count;
  int32_t op; /* assay_map_f32_of */
  float min, max;
};

ASSAY_KERNEL void assay_map_f32(const struct assay_map_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
