/* 2-D convolution of int8 with SMLAD: one group, factors below 1/2.
 *
 * Two output pixels at a time: their windows are widened to int16 in `scratch`, interleaved,
 * padding as zero points; then two output channels at a time, each weight loaded and widened once
 * for both pixels. Four taps of 2 x 2 outputs are 15 instructions. */
#include "conv_2d_s8_dsp.h"

#ifndef ASSAY_CONV_2D_S8_DSP_C
#define ASSAY_CONV_2D_S8_DSP_C

/* `groups` groups of four bytes, widened into every other slot of the columns:
 * [group][half][pixel], where half 0 holds taps 0 and 2, half 1 taps 1 and 3. Gives where the next
 * group goes. */
ASSAY_INLINE uint32_t *assay_conv_2d_s8_dsp_widen(uint32_t *column, const int8_t *from,
                                                  int32_t groups) {
  for (; groups > 0; --groups) {
    const uint32_t word = assay_load(from);
    from += 4;
    column[0] = assay_sxtb16(word);
    column[2] = assay_sxtb16_ror8(word);
    column += 4;
  }
  return column;
}

ASSAY_INLINE uint32_t *assay_conv_2d_s8_dsp_fill(uint32_t *column, uint32_t pair, int32_t groups) {
  for (; groups > 0; --groups) {
    column[0] = pair;
    column[2] = pair;
    column += 4;
  }
  return column;
}

/* A window whose taps are whole groups: straight from the image to the column. */
ASSAY_INLINE void assay_conv_2d_s8_dsp_taps(const struct assay_conv_2d_s8_dsp *p,
                                            const int8_t *image, int32_t y, int32_t x,
                                            uint32_t *column) {
  const uint32_t padding = assay_pair(p->in_zp, p->in_zp);
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    int32_t ix = x;
    for (kx = 0; kx < p->k_w; ++kx) {
      if (iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w)
        column =
            assay_conv_2d_s8_dsp_widen(column, image + (iy * p->in_w + ix) * p->in_c, p->in_c / 4);
      else
        column = assay_conv_2d_s8_dsp_fill(column, padding, p->in_c / 4);
      ix += p->dilation_w;
    }
  }
}

ASSAY_INLINE int8_t *assay_conv_2d_s8_dsp_copy(int8_t *to, const int8_t *from, int32_t count) {
  for (; count >= 4; count -= 4) {
    assay_store(to, assay_load(from));
    to += 4;
    from += 4;
  }
  for (; count > 0; --count) *to++ = *from++;
  return to;
}

ASSAY_INLINE int8_t *assay_conv_2d_s8_dsp_pad(int8_t *to, int32_t zero, int32_t count) {
  for (; count > 0; --count) *to++ = (int8_t)zero;
  return to;
}

/* Any other window: its bytes in a row first, in runs as long as the image has them. */
ASSAY_INLINE void assay_conv_2d_s8_dsp_bytes(const struct assay_conv_2d_s8_dsp *p,
                                             const int8_t *image, int32_t y, int32_t x,
                                             int8_t *to) {
  const int32_t run = p->dilation_w == 1 ? p->k_w : 1; /* taps side by side in the image */
  int32_t ky, kx;
  for (ky = 0; ky < p->k_h; ++ky) {
    const int32_t iy = y + ky * p->dilation_h;
    int32_t ix = x;
    for (kx = 0; kx < p->k_w; kx += run) {
      if (iy < 0 || iy >= p->in_h || ix <= -run || ix >= p->in_w) {
        to = assay_conv_2d_s8_dsp_pad(to, p->in_zp, run * p->in_c);
      } else if (ix >= 0 && ix + run <= p->in_w) {
        to = assay_conv_2d_s8_dsp_copy(to, image + (iy * p->in_w + ix) * p->in_c, run * p->in_c);
      } else {
        const int32_t first = ix < 0 ? -ix : 0;
        const int32_t last = ix + run > p->in_w ? p->in_w - ix : run;
        to = assay_conv_2d_s8_dsp_pad(to, p->in_zp, first * p->in_c);
        to = assay_conv_2d_s8_dsp_copy(to, image + (iy * p->in_w + ix + first) * p->in_c,
                                       (last - first) * p->in_c);
        to = assay_conv_2d_s8_dsp_pad(to, p->in_zp, (run - last) * p->in_c);
      }
      ix += p->dilation_w;
    }
  }
}

/* sums[channel][pixel] += weights . columns over `groups` groups of four taps. */
ASSAY_INLINE void assay_conv_2d_s8_dsp_dot(const uint32_t *columns, const int8_t *weights,
                                           int32_t groups, int32_t sums[4]) {
#if ASSAY_HAS_DSP
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  int32_t twice = groups + 1;
  uint32_t x, y, u, v, t;
  /* Unrolled twice; an odd count enters in the middle. */
  __asm__ volatile(
      "lsrs %[n], %[n], #1\n\t"
      "bcc 2f\n"
      "1:\n\t"
      "ldrd %[x], %[y], [%[col]], #8\n\t"
      "ldrd %[u], %[v], [%[w]], #8\n\t"
      "sxtb16 %[t], %[u]\n\t"
      "smlad %[a], %[x], %[t], %[a]\n\t"
      "smlad %[b], %[y], %[t], %[b]\n\t"
      "sxtb16 %[t], %[v]\n\t"
      "smlad %[c], %[x], %[t], %[c]\n\t"
      "smlad %[d], %[y], %[t], %[d]\n\t"
      "ldrd %[x], %[y], [%[col]], #8\n\t"
      "sxtb16 %[u], %[u], ror #8\n\t"
      "smlad %[a], %[x], %[u], %[a]\n\t"
      "smlad %[b], %[y], %[u], %[b]\n\t"
      "sxtb16 %[v], %[v], ror #8\n\t"
      "smlad %[c], %[x], %[v], %[c]\n\t"
      "smlad %[d], %[y], %[v], %[d]\n"
      "2:\n\t"
      "ldrd %[x], %[y], [%[col]], #8\n\t"
      "ldrd %[u], %[v], [%[w]], #8\n\t"
      "sxtb16 %[t], %[u]\n\t"
      "smlad %[a], %[x], %[t], %[a]\n\t"
      "smlad %[b], %[y], %[t], %[b]\n\t"
      "sxtb16 %[t], %[v]\n\t"
      "smlad %[c], %[x], %[t], %[c]\n\t"
      "smlad %[d], %[y], %[t], %[d]\n\t"
      "ldrd %[x], %[y], [%[col]], #8\n\t"
      "sxtb16 %[u], %[u], ror #8\n\t"
      "smlad %[a], %[x], %[u], %[a]\n\t"
      "smlad %[b], %[y], %[u], %[b]\n\t"
      "sxtb16 %[v], %[v], ror #8\n\t"
      "smlad %[c], %[x], %[v], %[c]\n\t"
      "smlad %[d], %[y], %[v], %[d]\n\t"
      "subs %[n], %[n], #1\n\t"
      "bne 1b\n\t"
      : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [col] "+r"(columns), [w] "+r"(weights),
        [n] "+r"(twice), [x] "=&r"(x), [y] "=&r"(y), [u] "=&r"(u), [v] "=&r"(v), [t] "=&r"(t)
      :
      : "cc", "memory");
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
#else
  for (; groups > 0; --groups) {
    const uint32_t u = assay_load(weights), v = assay_load(weights + 4);
    const uint32_t u02 = assay_sxtb16(u), u13 = assay_sxtb16_ror8(u);
    const uint32_t v02 = assay_sxtb16(v), v13 = assay_sxtb16_ror8(v);
    sums[0] = assay_smlad(columns[2], u13, assay_smlad(columns[0], u02, sums[0]));
    sums[1] = assay_smlad(columns[3], u13, assay_smlad(columns[1], u02, sums[1]));
    sums[2] = assay_smlad(columns[2], v13, assay_smlad(columns[0], v02, sums[2]));
    sums[3] = assay_smlad(columns[3], v13, assay_smlad(columns[1], v02, sums[3]));
    columns += 4;
    weights += 8;
  }
#endif
}

/* All channels of two pixels, whose columns are ready. */
ASSAY_INLINE void assay_conv_2d_s8_dsp_pixels(const struct assay_conv_2d_s8_dsp *p, int32_t groups,
                                              const uint32_t *columns, struct assay_range range,
                                              int8_t *out0, int8_t *out1) {
  const int8_t *w = p->weights;
  const int32_t *bias = p->bias;
  const int32_t *rescale = p->rescale;
  const int32_t step = p->rescale_step;
  int32_t left = p->out_c;
  for (; left > 0; left -= 2) {
    int32_t sums[4], multiplier, shift;
    sums[0] = sums[1] = bias[0];
    sums[2] = sums[3] = bias[1];
    bias += 2;
    assay_conv_2d_s8_dsp_dot(columns, w, groups, sums);
    w += groups * 8;
    multiplier = rescale[0];
    shift = rescale[1];
    rescale += step;
    *out0++ = assay_rescale_s8_dsp(sums[0], multiplier, shift, range);
    *out1++ = assay_rescale_s8_dsp(sums[1], multiplier, shift, range);
    if (left == 1) break;
    multiplier = rescale[0];
    shift = rescale[1];
    rescale += step;
    *out0++ = assay_rescale_s8_dsp(sums[2], multiplier, shift, range);
    *out1++ = assay_rescale_s8_dsp(sums[3], multiplier, shift, range);
  }
}

/* The column of one pixel. */
ASSAY_INLINE void assay_conv_2d_s8_dsp_column(const struct assay_conv_2d_s8_dsp *p,
                                              const int8_t *image, int32_t oy, int32_t ox,
                                              int32_t groups, uint32_t *columns, uint32_t *column) {
  const int32_t y = oy * p->stride_h - p->pad_h, x = ox * p->stride_w - p->pad_w;
  if (p->in_c % 4 == 0) {
    assay_conv_2d_s8_dsp_taps(p, image, y, x, column);
  } else {
    int8_t *bytes = (int8_t *)(columns + groups * 4);
    assay_conv_2d_s8_dsp_bytes(p, image, y, x, bytes);
    assay_conv_2d_s8_dsp_widen(column, bytes, groups);
  }
}

ASSAY_KERNEL void assay_conv_2d_s8_dsp(const struct assay_conv_2d_s8_dsp *p, const int8_t *in,
                                       int8_t *out, void *scratch) {
  const int32_t groups = (p->k_h * p->k_w * p->in_c + 3) / 4;
  const struct assay_range range = assay_range_of(p->offset, p->out_min, p->out_max);
  uint32_t *columns = (uint32_t *)scratch;
  int32_t b, left;
  if (p->in_c % 4 != 0) assay_store((int8_t *)(columns + groups * 4) + (groups - 1) * 4, 0);
  for (b = 0; b < p->batches; ++b) {
    int32_t oy = 0, ox = 0;
    for (left = p->out_h * p->out_w; left > 0; left -= 2) {
      int8_t *out1 = left == 1 ? out : out + p->out_c; /* a last single pixel is made twice */
      int32_t pixel;
      for (pixel = 0; pixel < 2; ++pixel) {
        assay_conv_2d_s8_dsp_column(p, in, oy, ox, groups, columns, columns + pixel);
        if (left > 1 && ++ox == p->out_w) {
          ox = 0;
          ++oy;
        }
      }
      assay_conv_2d_s8_dsp_pixels(p, groups, columns, range, out, out1);
      out = out1 + p->out_c;
    }
    in += p->in_h * p->in_w * p->in_c;
  }
}

#endif
