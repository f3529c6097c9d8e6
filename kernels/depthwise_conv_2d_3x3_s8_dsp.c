/* Depthwise convolution of int8 by 3 x 3 filters with SMLAD: multiplier 1, no dilation, factors
 * below 1/2.
 *
 * Channel by channel: a band of the channel is widened into a plane in scratch, where the taps of a
 * filter's row stand side by side; the nine weights stay in six registers. With stride 1 two
 * outputs are made at a time from the same four elements of each row. */
#include "depthwise_conv_2d_3x3_s8_dsp.h"

#ifndef ASSAY_DEPTHWISE_CONV_2D_3X3_S8_DSP_C
#define ASSAY_DEPTHWISE_CONV_2D_3X3_S8_DSP_C

/* A filter's row as (w0, w1) and (w1, w2). */
struct assay_depthwise_3x3_row {
  uint32_t first, last;
};

/* One channel's constants, in registers as far as they go. */
struct assay_depthwise_3x3_channel {
  struct assay_depthwise_3x3_row row0, row1, row2;
  int32_t bias, multiplier, shift;
};

ASSAY_INLINE struct assay_depthwise_3x3_row assay_depthwise_3x3_weights(const int8_t *w) {
  struct assay_depthwise_3x3_row row;
  row.first = assay_pair(w[0], w[1]);
  row.last = assay_pair(w[1], w[2]);
  return row;
}

/* One row's part of the output at x. */
ASSAY_INLINE int32_t assay_depthwise_3x3_one(const int16_t *x, struct assay_depthwise_3x3_row w,
                                             int32_t sum) {
  return assay_smlabt(assay_load(x + 2), w.last, assay_smlad(assay_load(x), w.first, sum));
}

/* One row's part of the outputs at x, which is aligned, and x + 1. */
ASSAY_INLINE void assay_depthwise_3x3_two(const int16_t *x, struct assay_depthwise_3x3_row w,
                                          int32_t *sum0, int32_t *sum1) {
#if ASSAY_HAS_DSP
  /* One statement, or the compiler finishes one sum before the other and runs out of registers. */
  typedef uint64_t __attribute__((aligned(4), may_alias)) four_halves;
  uint32_t x01, x23;
  __asm__(
      "ldrd %[x01], %[x23], %[x]\n\t"
      "smlad %[sum0], %[x01], %[first], %[sum0]\n\t"
      "smlatb %[sum1], %[x01], %[first], %[sum1]\n\t"
      "smlabt %[sum0], %[x23], %[last], %[sum0]\n\t"
      "smlad %[sum1], %[x23], %[last], %[sum1]"
      : [sum0] "+&r"(*sum0), [sum1] "+&r"(*sum1), [x01] "=&r"(x01), [x23] "=&r"(x23)
      : [first] "r"(w.first), [last] "r"(w.last), [x] "Q"(*(const four_halves *)x));
#else
  const uint32_t x01 = assay_load(x), x23 = assay_load(x + 2);
  *sum0 = assay_smlabt(x23, w.last, assay_smlad(x01, w.first, *sum0));
  *sum1 = assay_smlad(x23, w.last, assay_smlatb(x01, w.first, *sum1));
#endif
}

/* A row of outputs of one channel; `x` is the plane where the filter's first row begins. */
ASSAY_INLINE void assay_depthwise_3x3_line(const struct assay_depthwise_conv_2d_3x3_s8_dsp *p,
                                           const int16_t *x,
                                           struct assay_depthwise_3x3_channel channel,
                                           struct assay_range range, int8_t *out) {
  const int32_t pitch = p->pitch, step = p->in_c, stride = p->stride_w;
  int32_t left = p->out_w;
  if (stride == 1) {
    for (; left >= 2; left -= 2) {
      int32_t sum0 = channel.bias, sum1 = channel.bias;
      assay_depthwise_3x3_two(x, channel.row0, &sum0, &sum1);
      assay_depthwise_3x3_two(x + pitch, channel.row1, &sum0, &sum1);
      assay_depthwise_3x3_two(x + 2 * pitch, channel.row2, &sum0, &sum1);
      *out = assay_rescale_s8_dsp(sum0, channel.multiplier, channel.shift, range);
      out += step;
      *out = assay_rescale_s8_dsp(sum1, channel.multiplier, channel.shift, range);
      out += step;
      x += 2;
    }
  }
  for (; left > 0; --left) {
    int32_t sum = assay_depthwise_3x3_one(x, channel.row0, channel.bias);
    sum = assay_depthwise_3x3_one(x + pitch, channel.row1, sum);
    sum = assay_depthwise_3x3_one(x + 2 * pitch, channel.row2, sum);
    *out = assay_rescale_s8_dsp(sum, channel.multiplier, channel.shift, range);
    out += step;
    x += stride;
  }
}

ASSAY_KERNEL void assay_depthwise_conv_2d_3x3_s8_dsp(
    const struct assay_depthwise_conv_2d_3x3_s8_dsp *p, const int8_t *in, int8_t *out,
    void *scratch) {
  const int32_t row_bytes = p->in_w * p->in_c;
  const int32_t columns = p->in_w < p->pitch - p->pad_w ? p->in_w : p->pitch - p->pad_w;
  const struct assay_range range = assay_range_of(p->offset, p->out_min, p->out_max);
  int16_t *plane = (int16_t *)scratch;
  struct assay_depthwise_3x3_channel channel;
  int32_t b, oy, c, y;
  for (b = 0; b < p->batches; ++b) {
    for (oy = 0; oy < p->out_h; oy += p->band) {
      const int32_t lines = p->out_h - oy < p->band ? p->out_h - oy : p->band;
      const int32_t rows = (lines - 1) * p->stride_h + 3;
      const int32_t first = oy * p->stride_h - p->pad_h;
      const struct assay_plane_band band = assay_plane_band_of(first, rows, p->in_h);
      const int8_t *w = p->weights;
      const int32_t *rescale = p->rescale;
      assay_plane_fill(plane, rows * p->pitch, p->in_zp);
      for (c = 0; c < p->in_c; ++c) {
        assay_plane_gather(plane + band.begin * p->pitch + p->pad_w, p->pitch,
                           in + (first + band.begin) * row_bytes + c, band.end - band.begin,
                           columns, row_bytes, p->in_c);
        channel.row0 = assay_depthwise_3x3_weights(w);
        channel.row1 = assay_depthwise_3x3_weights(w + 3);
        channel.row2 = assay_depthwise_3x3_weights(w + 6);
        channel.bias = p->bias[c];
        channel.multiplier = rescale[0];
        channel.shift = rescale[1];
        for (y = 0; y < lines; ++y)
          assay_depthwise_3x3_line(p, plane + y * p->stride_h * p->pitch, channel, range,
                                   out + (oy + y) * p->out_w * p->in_c + c);
        w += 9;
        rescale += p->rescale_step;
      }
    }
    in += p->in_h * row_bytes;
    out += p->out_h * p->out_w * p->in_c;
  }
}

#endif
