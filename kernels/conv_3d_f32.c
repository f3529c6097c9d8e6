/* 3-D convolution: taps [depth][height][width][in][out]. */
#include "conv_3d_f32.h"

#ifndef ASSAY_CONV_3D_F32_C
#define ASSAY_CONV_3D_F32_C

/* The taps of one window that lie inside of the image, for one channel. */
ASSAY_INLINE float assay_conv_3d_sum(const struct assay_conv_3d_f32 *p, const float *in, int32_t d,
                                     int32_t h, int32_t w, int32_t channel) {
  float sum = 0.0f;
  int32_t i, j, k, c;
  for (i = 0; i < p->filter_d; ++i)
    for (j = 0; j < p->filter_h; ++j)
      for (k = 0; k < p->filter_w; ++k) {
        const int32_t z = d + i * p->dilation_d, y = h + j * p->dilation_h;
        const int32_t x = w + k * p->dilation_w;
        const ASSAY_FLASH float *tap =
            p->weights + ((i * p->filter_h + j) * p->filter_w + k) * p->in_c * p->out_c + channel;
        if (z < 0 || z >= p->in_d || y < 0 || y >= p->in_h || x < 0 || x >= p->in_w) continue;
        for (c = 0; c < p->in_c; ++c, tap += p->out_c)
          sum += in[((z * p->in_h + y) * p->in_w + x) * p->in_c + c] * *tap;
      }
  return sum;
}

ASSAY_KERNEL void assay_conv_3d_f32(const struct assay_conv_3d_f32 *p, const float *in,
                                    float *out) {
  int32_t n, d, h, w, c;
  for (n = 0; n < p->batches; ++n, in += p->in_d * p->in_h * p->in_w * p->in_c)
    for (d = 0; d < p->out_d; ++d)
      for (h = 0; h < p->out_h; ++h)
        for (w = 0; w < p->out_w; ++w)
          for (c = 0; c < p->out_c; ++c)
            *out++ = assay_clamp_f32(
                assay_conv_3d_sum(p, in, d * p->stride_d - p->pad_d, h * p->stride_h - p->pad_h,
                                  w * p->stride_w - p->pad_w, c) +
                    (p->bias ? p->bias[c] : 0.0f),
                p->min, p->max);
}

#endif
