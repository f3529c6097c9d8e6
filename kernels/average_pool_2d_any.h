/* Mean of a sliding window of integers, rounded half away from zero; padding does not count.
 * ASSAY_K is the kernel, ASSAY_X its elements; empty for whoever includes it otherwise. */
#include "assay_kernel.h"

#ifdef ASSAY_K
ASSAY_KERNEL void ASSAY_K(const struct ASSAY_K *p, const ASSAY_X *in, ASSAY_X *out) {
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
        const ASSAY_X *corner = in + (top * p->in_w + left) * p->channels;
        const int32_t count = (bottom - top) * (right - left);
        for (c = 0; c < p->channels; ++c, ++corner) {
          const ASSAY_X *row = corner;
          int32_t sum = 0;
          for (y = top; y < bottom; ++y, row += p->in_w * p->channels) {
            const ASSAY_X *tap = row;
            for (x = left; x < right; ++x, tap += p->channels) sum += *tap;
          }
          sum = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
          *out++ = (ASSAY_X)assay_clamp(sum, p->min, p->max);
        }
      }
    }
  }
}

#undef ASSAY_K
#undef ASSAY_X

#endif /* ASSAY_K */
