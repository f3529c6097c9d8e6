/* Rows of int8 times a weight matrix with SMLAD, without scratch: factors below 1/2.
 *
 * Four units at a time, so that each widened group of four inputs serves four rows of weights,
 * which are interleaved: 21 instructions for 16 products. */
#include "fully_connected_s8_dsp.h"

#ifndef ASSAY_FULLY_CONNECTED_S8_DSP_C
#define ASSAY_FULLY_CONNECTED_S8_DSP_C

/* One group of four inputs times four units. */
ASSAY_INLINE void assay_fully_connected_s8_dsp_group(uint32_t x, const int8_t *w, int32_t sums[4]) {
  const uint32_t x02 = assay_sxtb16(x), x13 = assay_sxtb16_ror8(x);
  int32_t i;
  for (i = 0; i < 4; ++i) {
    const uint32_t word = assay_load(w + 4 * i);
    sums[i] = assay_smlad(x02, assay_sxtb16(word), sums[i]);
    sums[i] = assay_smlad(x13, assay_sxtb16_ror8(word), sums[i]);
  }
}

/* The last, incomplete group of a row: never reads beyond it. */
ASSAY_INLINE uint32_t assay_fully_connected_s8_dsp_rest(const int8_t *from, int32_t count) {
  uint32_t word = (uint8_t)from[0];
  if (count > 1) word |= (uint32_t)(uint8_t)from[1] << 8;
  if (count > 2) word |= (uint32_t)(uint8_t)from[2] << 16;
  return word;
}

/* sums[unit] += weights . in over `groups` > 0 groups. Gives where the weights end. */
ASSAY_INLINE const int8_t *assay_fully_connected_s8_dsp_dot(const int8_t *in, const int8_t *w,
                                                            int32_t groups, int32_t sums[4]) {
#if ASSAY_HAS_DSP
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  uint32_t x, y, u, v, t;
  __asm__ volatile(
      "1:\n\t"
      "ldr %[t], [%[in]], #4\n\t"
      "ldrd %[u], %[v], [%[w]], #8\n\t"
      "sxtb16 %[x], %[t]\n\t"
      "sxtb16 %[y], %[t], ror #8\n\t"
      "sxtb16 %[t], %[u]\n\t"
      "smlad %[a], %[x], %[t], %[a]\n\t"
      "sxtb16 %[u], %[u], ror #8\n\t"
      "smlad %[a], %[y], %[u], %[a]\n\t"
      "sxtb16 %[t], %[v]\n\t"
      "smlad %[b], %[x], %[t], %[b]\n\t"
      "sxtb16 %[v], %[v], ror #8\n\t"
      "smlad %[b], %[y], %[v], %[b]\n\t"
      "ldrd %[u], %[v], [%[w]], #8\n\t"
      "sxtb16 %[t], %[u]\n\t"
      "smlad %[c], %[x], %[t], %[c]\n\t"
      "sxtb16 %[u], %[u], ror #8\n\t"
      "smlad %[c], %[y], %[u], %[c]\n\t"
      "sxtb16 %[t], %[v]\n\t"
      "smlad %[d], %[x], %[t], %[d]\n\t"
      "sxtb16 %[v], %[v], ror #8\n\t"
      "smlad %[d], %[y], %[v], %[d]\n\t"
      "subs %[n], %[n], #1\n\t"
      "bne 1b\n\t"
      : [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d), [in] "+r"(in), [w] "+r"(w),
        [n] "+r"(groups), [x] "=&r"(x), [y] "=&r"(y), [u] "=&r"(u), [v] "=&r"(v), [t] "=&r"(t)
      :
      : "cc", "memory");
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
#else
  for (; groups > 0; --groups) {
    assay_fully_connected_s8_dsp_group(assay_load(in), w, sums);
    in += 4;
    w += 16;
  }
#endif
  return w;
}

/* One unit by itself, for the up to three that do not fill a block. */
ASSAY_INLINE const int8_t *assay_fully_connected_s8_dsp_one(const int8_t *in, const int8_t *w,
                                                            int32_t depth, int32_t *sum) {
  for (; depth > 0; depth -= 4) {
    const uint32_t x = depth >= 4 ? assay_load(in) : assay_fully_connected_s8_dsp_rest(in, depth);
    const uint32_t word = assay_load(w);
    *sum = assay_smlad(assay_sxtb16(x), assay_sxtb16(word), *sum);
    *sum = assay_smlad(assay_sxtb16_ror8(x), assay_sxtb16_ror8(word), *sum);
    in += 4;
    w += 4;
  }
  return w;
}

ASSAY_KERNEL void assay_fully_connected_s8_dsp(const struct assay_fully_connected_s8_dsp *p,
                                               const int8_t *in, int8_t *out) {
  const int32_t groups = p->depth / 4, rest = p->depth % 4;
  const struct assay_range range = assay_range_of(p->offset, p->out_min, p->out_max);
  int32_t row, left, i;
  for (row = 0; row < p->rows; ++row) {
    const int8_t *w = p->weights;
    const int32_t *bias = p->bias;
    const int32_t *rescale = p->rescale;
    for (left = p->units; left > 0;) {
      const int32_t block = left >= 4 ? 4 : 1;
      int32_t sums[4];
      if (block == 4) {
        for (i = 0; i < 4; ++i) sums[i] = bias[i];
        if (groups > 0) w = assay_fully_connected_s8_dsp_dot(in, w, groups, sums);
        if (rest > 0) {
          assay_fully_connected_s8_dsp_group(
              assay_fully_connected_s8_dsp_rest(in + groups * 4, rest), w, sums);
          w += 16;
        }
      } else {
        sums[0] = bias[0];
        w = assay_fully_connected_s8_dsp_one(in, w, p->depth, sums);
      }
      for (i = 0; i < block; ++i) {
        *out++ = assay_rescale_s8_dsp(sums[i], rescale[0], rescale[1], range);
        rescale += p->rescale_step;
      }
      bias += block;
      left -= block;
    }
    in += p->depth;
  }
}

#endif
