/* Depthwise convolution of int8 with SMLAD: any filter and multiplier, no dilation, factors below
 * 1/2.
 *
 * Channel by channel: a band of the channel is widened into a plane in scratch, and each of its
 * filters too, rows filled to an even number of taps with a zero; then two taps at a time. */
#include "depthwise_conv_2d_s8_dsp.h"

#ifndef ASSAY_DEPTHWISE_CONV_2D_S8_DSP_C
#define ASSAY_DEPTHWISE_CONV_2D_S8_DSP_C

ASSAY_INLINE const int8_t *assay_depthwise_conv_2d_s8_dsp_widen(
    const struct assay_depthwise_conv_2d_s8_dsp *p, const int8_t *w, int16_t *filter) {
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    for (kx = 0; kx < p->k_w; ++kx) *filter++ = *w++;
    if (p->k_w % 2 != 0) *filter++ = 0;
  }
  return w;
}

ASSAY_INLINE int32_t
assay_depthwise_conv_2d_s8_dsp_sum(const struct assay_depthwise_conv_2d_s8_dsp *p, const int16_t *x,
                                   const int16_t *filter, int32_t sum) {
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    for (kx = 0; kx < p->k_w; kx += 2) {
      sum = assay_smlad(assay_load(x + kx), assay_load(filter), sum);
      filter += 2;
    }
    x += p->pitch;
  }
  return sum;
}

ASSAY_KERNEL void assay_depthwise_conv_2d_s8_dsp(const struct assay_depthwise_conv_2d_s8_dsp *p,
                                                 const int8_t *in, int8_t *out, void *scratch) {
  const int32_t row_bytes = p->in_w * p->in_c, out_c = p->in_c * p->multiplier;
  const int32_t columns = p->in_w < p->pitch - p->pad_w ? p->in_w : p->pitch - p->pad_w;
  const struct assay_range range = assay_range_of(p->offset, p->out_min, p->out_max);
  int16_t *filter = (int16_t *)scratch;
  int16_t *plane = filter + p->k_h * ((p->k_w + 1) / 2 * 2);
  int32_t b, oy, oc, y, x;
  for (b = 0; b < p->batches; ++b) {
    for (oy = 0; oy < p->out_h; oy += p->band) {
      const int32_t lines = p->out_h - oy < p->band ? p->out_h - oy : p->band;
      const int32_t rows = (lines - 1) * p->stride_h + p->k_h;
      const int32_t first = oy * p->stride_h - p->pad_h;
      const struct assay_plane_band band = assay_plane_band_of(first, rows, p->in_h);
      const int8_t *w = p->weights;
      const int8_t *from = in + (first + band.begin) * row_bytes;
      const int32_t *rescale = p->rescale;
      int32_t left = 0; /* outputs that this channel's plane still serves */
      assay_plane_fill(plane, rows * p->pitch, p->in_zp);
      for (oc = 0; oc < out_c; ++oc) {
        int8_t *to = out + oy * p->out_w * out_c + oc;
        if (left == 0) {
          assay_plane_gather(plane + band.begin * p->pitch + p->pad_w, p->pitch, from++,
                             band.end - band.begin, columns, row_bytes, p->in_c);
          left = p->multiplier;
        }
        --left;
        w = assay_depthwise_conv_2d_s8_dsp_widen(p, w, filter);
        for (y = 0; y < lines; ++y) {
          for (x = 0; x < p->out_w; ++x) {
            const int32_t sum = assay_depthwise_conv_2d_s8_dsp_sum(
                p, plane + y * p->stride_h * p->pitch + x * p->stride_w, filter, p->bias[oc]);
            *to = assay_rescale_s8_dsp(sum, rescale[0], rescale[1], range);
            to += out_c;
          }
        }
        rescale += p->rescale_step;
      }
    }
    in += p->in_h * row_bytes;
    out += p->out_h * p->out_w * out_c;
  }
}

#endif
