#ifndef ASSAY_RESIZE_NEAREST_H
#define ASSAY_RESIZE_NEAREST_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_resize_nearest {
  int32_t batches, image, pixel, out_h, out_w; /* image and pixel in bytes */
  const ASSAY_FLASH int32_t *rows;             /* [out_h] where each comes from, in bytes */
  const ASSAY_FLASH int32_t *columns;          /* [out_w] */
};

ASSAY_KERNEL void assay_resize_nearest(const struct assay_resize_nearest *p, const void *in,
                                       void *out);

ASSAY_END_C

#endif
