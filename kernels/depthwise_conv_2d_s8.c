/* Depthwise 2-D convolution of int8, portable: any shape, stride, dilation, multiplier, factor.
 * The input's zero point is folded into the bias, so taps on padding count as zero points. */
#include "depthwise_conv_2d_s8.h"

#ifndef ASSAY_DEPTHWISE_CONV_2D_S8_C
#define ASSAY_DEPTHWISE_CONV_2D_S8_C

/* One output: the window begins at (y, x) of `image`, which begins at the channel. */
ASSAY_INLINE int32_t assay_depthwise_conv_2d_s8_sum(const struct assay_depthwise_conv_2d_s8 *p,
                                                    const int8_t *image,
                                                    const ASSAY_FLASH int8_t *w, int32_t y,
                                                    int32_t x, int32_t sum) {
  const int32_t out_c = p->in_c * p->multiplier;
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    for (kx = 0; kx < p->k_w; ++kx) {
      const int32_t ix = x + kx * p->dilation_w;
      int32_t value = p->in_zp;
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w)
        value = image[(iy * p->in_w + ix) * p->in_c];
      sum += *w * value;
      w += out_c;
    }
  }
  return sum;
}

/* The same where no tap falls on padding; `window` is its first. */
ASSAY_INLINE int32_t assay_depthwise_conv_2d_s8_inner(const struct assay_depthwise_conv_2d_s8 *p,
                                                      const int8_t *window,
                                                      const ASSAY_FLASH int8_t *w, int32_t sum) {
  const int32_t out_c = p->in_c * p->multiplier, step = p->dilation_w * p->in_c;
  const int32_t rows = p->dilation_h * p->in_w * p->in_c;
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int8_t *x = window;
    for (kx = 0; kx < p->k_w; ++kx) {
      sum += *w * *x;
      w += out_c;
      x += step;
    }
    window += rows;
  }
  return sum;
}

ASSAY_KERNEL void assay_depthwise_conv_2d_s8(const struct assay_depthwise_conv_2d_s8 *p,
                                             const int8_t *in, int8_t *out) {
  const int32_t reach_h = (p->k_h - 1) * p->dilation_h, reach_w = (p->k_w - 1) * p->dilation_w;
  int32_t b, oy, ox, ic, m;
  for (b = 0; b < p->batches; ++b) {
    for (oy = 0; oy < p->out_h; ++oy) {
      for (ox = 0; ox < p->out_w; ++ox) {
        const int32_t y = oy * p->stride_h - p->pad_h, x = ox * p->stride_w - p->pad_w;
        const int32_t inside = y >= 0 && y + reach_h < p->in_h && x >= 0 && x + reach_w < p->in_w;
        const ASSAY_FLASH int8_t *w = p->weights;
        const ASSAY_FLASH int32_t *bias = p->bias;
        const ASSAY_FLASH int32_t *rescale = p->rescale;
        for (ic = 0; ic < p->in_c; ++ic) {
          for (m = 0; m < p->multiplier; ++m) {
            const int8_t *image = in + ic;
            const int32_t sum = inside ? assay_depthwise_conv_2d_s8_inner(
                                             p, image + (y * p->in_w + x) * p->in_c, w, *bias)
                                       : assay_depthwise_conv_2d_s8_sum(p, image, w, y, x, *bias);
            ++w;
            ++bias;
            *out++ = assay_rescale_s8(sum, rescale, p->out_zp, p->out_min, p->out_max);
            rescale += p->rescale_step;
          }
        }
      }
    }
    in += p->in_h * p->in_w * p->in_c;
  }
}

#endif
