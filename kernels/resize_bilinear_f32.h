#ifndef ASSAY_RESIZE_BILINEAR_F32_H
#define ASSAY_RESIZE_BILINEAR_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_resize_bilinear_f32 {
  int32_t batches, image, channels, out_h, out_w;
  const ASSAY_FLASH int32_t *rows;       /* [out_h][2]: upper, lower in elements */
  const ASSAY_FLASH int32_t *columns;    /* [out_w][2]: the same of left and right */
  const ASSAY_FLASH float *row_parts;    /* [out_h] how far to the lower one */
  const ASSAY_FLASH float *column_parts; /* [out_w] */
};

ASSAY_KERNEL void assay_resize_bilinear_f32(const struct assay_resize_bilinear_f32 *p,
                                            const float *in, float *out);

ASSAY_END_C

#endif
