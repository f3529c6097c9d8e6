#ifndef ASSAY_FULLY_CONNECTED_F32_S8_H
#define ASSAY_FULLY_CONNECTED_F32_S8_H

#include "assay_hybrid.h"

ASSAY_BEGIN_C

struct assay_fully_connected_f32_s8 {
  int32_t rows, depth, units;
  ASSAY_HYBRID_PARAMS
};

/* `scratch` holds one image (row) of int8. */
ASSAY_KERNEL void assay_fully_connected_f32_s8(const struct assay_fully_connected_f32_s8 *p,
                                               const float *in, float *out, void *scratch);

ASSAY_END_C

#endif
