/* 2-D convolution of int16 by int8 weights with sums of 64 bits: one group, any shape. Each window
 * is copied to scratch, where padding is zeros; then two channels at a time take four products of
 * each from it: two SMLALD after a word of weights is widened. A fully_connected is a convolution
 * of one tap. */
#include "conv_2d_s16_dsp.h"

#ifndef ASSAY_CONV_2D_S16_DSP_C
#define ASSAY_CONV_2D_S16_DSP_C

/* `count` pixels of a row from column x on; what lies outside of the image is zeros. */
ASSAY_INLINE int16_t *assay_conv_2d_s16_dsp_run(const struct assay_conv_2d_s16_dsp *p,
                                                const int16_t *row, int32_t x, int32_t count,
                                                int16_t *to) {
  int32_t before = x < 0 ? -x : 0, after = x + count > p->in_w ? x + count - p->in_w : 0, inside;
  if (before > count) before = count;
  if (after > count) after = count;
  inside = count - before - after;
  if (before > 0) memset(to, 0, (size_t)(before * p->in_c) * 2u);
  to += before * p->in_c;
  if (inside > 0) memcpy(to, row + (x + before) * p->in_c, (size_t)(inside * p->in_c) * 2u);
  to += inside * p->in_c;
  if (after > 0) memset(to, 0, (size_t)(after * p->in_c) * 2u);
  return to + after * p->in_c;
}

/* The window that begins at (y, x). */
ASSAY_INLINE void assay_conv_2d_s16_dsp_window(const struct assay_conv_2d_s16_dsp *p,
                                               const int16_t *image, int32_t y, int32_t x,
                                               int16_t *to) {
  const int32_t run = p->dilation_w == 1 ? p->k_w : 1, runs = p->k_w / run;
  int32_t ky, k;
  for (ky = 0; ky < p->k_h; ++ky, y += p->dilation_h) {
    if (y < 0 || y >= p->in_h) {
      memset(to, 0, (size_t)(p->k_w * p->in_c) * 2u);
      to += p->k_w * p->in_c;
    } else {
      const int16_t *row = image + y * p->in_w * p->in_c;
      for (k = 0; k < runs; ++k)
        to = assay_conv_2d_s16_dsp_run(p, row, x + k * p->dilation_w, run, to);
    }
  }
}

/* The next two channels. */
ASSAY_INLINE const int8_t *assay_conv_2d_s16_dsp_dot(const int16_t *x, const int8_t *w,
                                                     int32_t quads, int64_t *sums) {
  int64_t a = 0, b = 0;
  for (; quads > 0; --quads) {
    const uint32_t x0 = assay_load(x), x1 = assay_load(x + 2);
    const uint32_t wa = assay_load(w), wb = assay_load(w + 4);
    a = assay_smlald(x0, assay_sxtb16(wa), a);
    a = assay_smlald(x1, assay_sxtb16_ror8(wa), a);
    b = assay_smlald(x0, assay_sxtb16(wb), b);
    b = assay_smlald(x1, assay_sxtb16_ror8(wb), b);
    x += 4;
    w += 8;
  }
  sums[0] = a;
  sums[1] = b;
  return w;
}

ASSAY_KERNEL void assay_conv_2d_s16_dsp(const struct assay_conv_2d_s16_dsp *p, const int16_t *in,
                                        int16_t *out, void *scratch) {
  int16_t *column = (int16_t *)scratch;
  const int32_t taps = p->k_h * p->k_w * p->in_c, quads = (taps + 3) / 4;
  int32_t n, oy, ox, c;
  for (c = taps; c < 4 * quads; ++c) column[c] = 0;
  for (n = 0; n < p->batches; ++n, in += p->in_h * p->in_w * p->in_c) {
    for (oy = 0; oy < p->out_h; ++oy) {
      for (ox = 0; ox < p->out_w; ++ox) {
        const int8_t *w = p->weights;
        assay_conv_2d_s16_dsp_window(p, in, oy * p->stride_h - p->pad_h,
                                     ox * p->stride_w - p->pad_w, column);
        for (c = 0; c < p->out_c; c += 2) {
          int64_t sums[2];
          int32_t i;
          w = assay_conv_2d_s16_dsp_dot(column, w, quads, sums);
          for (i = 0; i < 2 && c + i < p->out_c; ++i)
            *out++ =
                assay_rescale_s16(sums[i] + (p->bias ? p->bias[c + i] : 0),
                                  p->rescale + (c + i) * p->rescale_step, p->out_min, p->out_max);
        }
      }
    }
  }
}

#endif
