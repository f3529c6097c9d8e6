#ifndef ASSAY_RESIZE_BILINEAR_S8_H
#define ASSAY_RESIZE_BILINEAR_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_resize_bilinear_s8 {
  int32_t batches, image, channels, out_h, out_w;
  const ASSAY_FLASH int32_t
      *rows; /* [out_h][3]: upper, lower in elements, and how far to the lower one in 1024ths */
  const ASSAY_FLASH int32_t *columns; /* [out_w][3]: the same of left and right */
};

ASSAY_KERNEL void assay_resize_bilinear_s8(const struct assay_resize_bilinear_s8 *p,
                                           const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
