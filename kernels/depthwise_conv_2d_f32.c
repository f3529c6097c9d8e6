/* Depthwise 2-D convolution of float32: any shape, stride, dilation, multiplier. Products are added
 * in the order of TFLite's reference, taps on padding are left out, the bias comes last. */
#include "depthwise_conv_2d_f32.h"

#ifndef ASSAY_DEPTHWISE_CONV_2D_F32_C
#define ASSAY_DEPTHWISE_CONV_2D_F32_C

/* One output: the window begins at (y, x) of `image`, which begins at the channel. */
ASSAY_INLINE float assay_depthwise_conv_2d_f32_sum(const struct assay_depthwise_conv_2d_f32 *p,
                                                   const float *image, const ASSAY_FLASH float *w,
                                                   int32_t y, int32_t x) {
  const int32_t out_c = p->in_c * p->multiplier;
  float sum = 0.0f;
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    for (kx = 0; kx < p->k_w; ++kx) {
      const int32_t ix = x + kx * p->dilation_w;
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w)
        sum += image[(iy * p->in_w + ix) * p->in_c] * *w;
      w += out_c;
    }
  }
  return sum;
}

ASSAY_KERNEL void assay_depthwise_conv_2d_f32(const struct assay_depthwise_conv_2d_f32 *p,
                                              const float *in, float *out) {
  int32_t b, oy, ox, ic, m;
  for (b = 0; b < p->batches; ++b) {
    for (oy = 0; oy < p->out_h; ++oy) {
      for (ox = 0; ox < p->out_w; ++ox) {
        int32_t oc = 0;
        for (ic = 0; ic < p->in_c; ++ic) {
          for (m = 0; m < p->multiplier; ++m) {
            const float sum = assay_depthwise_conv_2d_f32_sum(p, in + ic, p->weights + oc,
                                                              oy * p->stride_h - p->pad_h,
                                                              ox * p->stride_w - p->pad_w);
            *out++ = assay_clamp_f32(sum + (p->bias ? p->bias[oc] : 0.0f), p->min, p->max);
            ++oc;
          }
        }
      }
    }
    in += p->in_h * p->in_w * p->in_c;
  }
}

#endif
