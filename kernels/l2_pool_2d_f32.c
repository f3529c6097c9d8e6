/* Root of the mean square of a sliding window of float; padding does not count. */
#include "l2_pool_2d_f32.h"

#ifndef ASSAY_L2_POOL_2D_F32_C
#define ASSAY_L2_POOL_2D_F32_C

#include <math.h>

ASSAY_KERNEL void assay_l2_pool_2d_f32(const struct assay_l2_pool_2d_f32 *p, const float *in,
                                       float *out) {
  int32_t n, oy, ox, c, y, x;
  for (n = 0; n < p->batches; ++n, in += p->in_h * p->in_w * p->channels) {
    for (oy = 0; oy < p->out_h; ++oy) {
      const int32_t y0 = oy * p->stride_h - p->pad_h;
      const int32_t top = y0 < 0 ? 0 : y0;
      const int32_t bottom = y0 + p->filter_h < p->in_h ? y0 + p->filter_h : p->in_h;
      for (ox = 0; ox < p->out_w; ++ox) {
        const int32_t x0 = ox * p->stride_w - p->pad_w;
        const int32_t left = x0 < 0 ? 0 : x0;
        const int32_t right = x0 + p->filter_w < p->in_w ? x0 + p->filter_w : p->in_w;
        const float *corner = in + (top * p->in_w + left) * p->channels;
        const float count = (float)((bottom - top) * (right - left));
        for (c = 0; c < p->channels; ++c, ++corner) {
          const float *row = corner;
          float sum = 0.0f;
          for (y = top; y < bottom; ++y, row += p->in_w * p->channels) {
            const float *tap = row;
            for (x = left; x < right; ++x, tap += p->channels) sum += *tap * *tap;
          }
          *out++ = assay_clamp_f32(sqrtf(sum / count), p->min, p->max);
        }
      }
    }
  }
}

#endif
