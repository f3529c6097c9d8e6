/* Mean of a sliding window of int8, rounded half away from zero; padding does not count. */
#include "average_pool_2d_s8.h"

#ifndef ASSAY_AVERAGE_POOL_2D_S8_C
#define ASSAY_AVERAGE_POOL_2D_S8_C

ASSAY_KERNEL void assay_average_pool_2d_s8(const struct assay_average_pool_2d_s8 *p,
                                           const int8_t *in, int8_t *out) {
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
        const int8_t *corner = in + (top * p->in_w + left) * p->channels;
        const int32_t count = (bottom - top) * (right - left);
        for (c = 0; c < p->channels; ++c, ++corner) {
          const int8_t *row = corner;
          int32_t sum = 0;
          for (y = top; y < bottom; ++y, row += p->in_w * p->channels) {
            const int8_t *tap = row;
            for (x = left; x < right; ++x, tap += p->channels) sum += *tap;
          }
          sum = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
          *out++ = (int8_t)assay_clamp(sum, p->min, p->max);
        }
      }
    }
  }
}

#endif
