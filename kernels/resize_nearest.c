/* Resizing by the nearest pixel, of any type. */
#include "resize_nearest.h"

#ifndef ASSAY_RESIZE_NEAREST_C
#define ASSAY_RESIZE_NEAREST_C

ASSAY_KERNEL void assay_resize_nearest(const struct assay_resize_nearest *p, const void *in,
                                       void *out) {
  const uint8_t *image = (const uint8_t *)in;
  uint8_t *y = (uint8_t *)out;
  int32_t n, oy, ox;
  for (n = 0; n < p->batches; ++n, image += p->image)
    for (oy = 0; oy < p->out_h; ++oy)
      for (ox = 0; ox < p->out_w; ++ox, y += p->pixel)
        memcpy(y, image + p->rows[oy] + p->columns[ox], (size_t)p->pixel);
}

#endif
