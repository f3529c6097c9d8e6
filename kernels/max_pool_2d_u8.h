#ifndef ASSAY_MAX_POOL_2D_U8_H
#define ASSAY_MAX_POOL_2D_U8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_max_pool_2d_u8 {
  int32_t batches, channels, in_h, in_w;
  int32_t filter_h, filter_w, stride_h, stride_w;
  int32_t pad_h, pad_w, out_h, out_w;
  int32_t min, max;
};

ASSAY_KERNEL void assay_max_pool_2d_u8(const struct assay_max_pool_2d_u8 *p, const uint8_t *in,
                                       uint8_t *out);

ASSAY_END_C

#endif
