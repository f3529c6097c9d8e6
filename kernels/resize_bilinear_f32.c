/* Bilinear resizing of float32, in the order of TFLite's reference. */
#include "resize_bilinear_f32.h"

#ifndef ASSAY_RESIZE_BILINEAR_F32_C
#define ASSAY_RESIZE_BILINEAR_F32_C

ASSAY_KERNEL void assay_resize_bilinear_f32(const struct assay_resize_bilinear_f32 *p,
                                            const float *in, float *out) {
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, in += p->image) {
    for (oy = 0; oy < p->out_h; ++oy) {
      const float *top = in + p->rows[2 * oy], *bottom = in + p->rows[2 * oy + 1];
      const float y = p->row_parts[oy];
      for (ox = 0; ox < p->out_w; ++ox) {
        const int32_t left = p->columns[2 * ox], right = p->columns[2 * ox + 1];
        const float x = p->column_parts[ox];
        for (c = 0; c < p->channels; ++c)
          *out++ = top[left + c] * (1 - y) * (1 - x) + bottom[left + c] * y * (1 - x) +
                   top[right + c] * (1 - y) * x + bottom[right + c] * y * x;
      }
    }
  }
}

#endif
