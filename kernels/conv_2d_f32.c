/* 2-D convolution of float32: any shape, stride, dilation, number of groups. Products are added in
 * the order of TFLite's reference, taps on padding are left out, the bias comes last. */
#include "conv_2d_f32.h"

#ifndef ASSAY_CONV_2D_F32_C
#define ASSAY_CONV_2D_F32_C

/* One output: the window begins at (y, x) of the image; the group's channels at `image`. */
ASSAY_INLINE float assay_conv_2d_f32_sum(const struct assay_conv_2d_f32 *p, const float *image,
                                         const ASSAY_FLASH float *w, int32_t y, int32_t x) {
  float sum = 0.0f;
  int32_t ky, kx, i;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    for (kx = 0; kx < p->k_w; ++kx) {
      const int32_t ix = x + kx * p->dilation_w;
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w) {
        const float *pixel = image + (iy * p->in_w + ix) * p->in_c;
        for (i = 0; i < p->k_c; ++i) sum += pixel[i] * w[i];
      }
      w += p->k_c;
    }
  }
  return sum;
}

ASSAY_KERNEL void assay_conv_2d_f32(const struct assay_conv_2d_f32 *p, const float *in,
                                    float *out) {
  const int32_t per_group = p->out_c / (p->in_c / p->k_c);
  const int32_t taps = p->k_h * p->k_w * p->k_c;
  int32_t b, oy, ox, oc;
  for (b = 0; b < p->batches; ++b) {
    for (oy = 0; oy < p->out_h; ++oy) {
      for (ox = 0; ox < p->out_w; ++ox) {
        const ASSAY_FLASH float *w = p->weights;
        const float *image = in;
        int32_t left = per_group;
        for (oc = 0; oc < p->out_c; ++oc) {
          const float sum = assay_conv_2d_f32_sum(p, image, w, oy * p->stride_h - p->pad_h,
                                                  ox * p->stride_w - p->pad_w);
          *out++ = assay_clamp_f32(sum + (p->bias ? p->bias[oc] : 0.0f), p->min, p->max);
          w += taps;
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
