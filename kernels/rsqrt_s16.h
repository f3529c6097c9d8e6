#ifndef ASSAY_RSQRT_S16_H
#define ASSAY_RSQRT_S16_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_rsqrt_s16 {
  int32_t count;
  int32_t multiplier, shift; /* 1 / (root of the input's scale * output's scale), less 20 bits */
};

ASSAY_KERNEL void assay_rsqrt_s16(const struct assay_rsqrt_s16 *p, const int16_t *in, int16_t *out);

ASSAY_END_C

#endif
