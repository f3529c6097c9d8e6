/* 2-D convolution of int8, portable: any shape, stride, dilation, number of groups, any factor.
 * The input's zero point is folded into the bias, so taps on padding count as zero points. */
#include "conv_2d_s8.h"

#ifndef ASSAY_CONV_2D_S8_C
#define ASSAY_CONV_2D_S8_C

ASSAY_INLINE int32_t assay_conv_2d_s8_dot(const ASSAY_FLASH int8_t *w, const int8_t *x,
                                          int32_t count, int32_t sum) {
  int32_t i;
  for (i = 0; i < count; ++i) sum += w[i] * x[i];
  return sum;
}

/* One output: the window begins at (y, x) of the image; the group's channels at `image`. */
ASSAY_INLINE int32_t assay_conv_2d_s8_sum(const struct assay_conv_2d_s8 *p, const int8_t *image,
                                          const ASSAY_FLASH int8_t *w, int32_t y, int32_t x,
                                          int32_t sum) {
  int32_t ky, kx, i;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    for (kx = 0; kx < p->k_w; ++kx) {
      const int32_t ix = x + kx * p->dilation_w;
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w)
        sum = assay_conv_2d_s8_dot(w, image + (iy * p->in_w + ix) * p->in_c, p->k_c, sum);
      else
        for (i = 0; i < p->k_c; ++i) sum += w[i] * p->in_zp;
      w += p->k_c;
    }
  }
  return sum;
}

/* The same where no tap falls on padding and a row of the window is a run of bytes. */
ASSAY_INLINE int32_t assay_conv_2d_s8_runs(const struct assay_conv_2d_s8 *p, const int8_t *window,
                                           const ASSAY_FLASH int8_t *w, int32_t sum) {
  const int32_t run = p->k_w * p->k_c, rows = p->dilation_h * p->in_w * p->in_c;
  int32_t ky;
  for (ky = 0; ky < p->k_h; ++ky) {
    sum = assay_conv_2d_s8_dot(w, window, run, sum);
    w += run;
    window += rows;
  }
  return sum;
}

ASSAY_KERNEL void assay_conv_2d_s8(const struct assay_conv_2d_s8 *p, const int8_t *in,
                                   int8_t *out) {
  const int32_t per_group = p->out_c / (p->in_c / p->k_c);
  const int32_t taps = p->k_h * p->k_w * p->k_c;
  const int32_t reach_h = (p->k_h - 1) * p->dilation_h, reach_w = (p->k_w - 1) * p->dilation_w;
  const int32_t in_runs = p->k_c == p->in_c && (p->dilation_w == 1 || p->k_w == 1);
  int32_t b, oy, ox, oc;
  for (b = 0; b < p->batches; ++b) {
    for (oy = 0; oy < p->out_h; ++oy) {
      for (ox = 0; ox < p->out_w; ++ox) {
        const ASSAY_FLASH int8_t *w = p->weights;
        const ASSAY_FLASH int32_t *rescale = p->rescale;
        const int8_t *image = in;
        const int32_t y = oy * p->stride_h - p->pad_h, x = ox * p->stride_w - p->pad_w;
        const int32_t inside =
            in_runs && y >= 0 && y + reach_h < p->in_h && x >= 0 && x + reach_w < p->in_w;
        int32_t left = per_group;
        for (oc = 0; oc < p->out_c; ++oc) {
          const int32_t sum =
              inside ? assay_conv_2d_s8_runs(p, image + (y * p->in_w + x) * p->in_c, w, p->bias[oc])
                     : assay_conv_2d_s8_sum(p, image, w, y, x, p->bias[oc]);
          *out++ = assay_rescale_s8(sum, rescale, p->out_zp, p->out_min, p->out_max);
          w += taps;
          rescale += p->rescale_step;
          if (--left == 0) {
            left = per_group;
            image += p->k_c;
          }
        }
      }
    }
    in += p->in_h * p->in_w * p->in_c;
  }
}

#endif
