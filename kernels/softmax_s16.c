/* Softmax along rows of int16: exponentials and the reciprocal of their sum by interpolation in
 * tables. The output holds the exponentials until the sum is known. */
#include "softmax_s16.h"

#ifndef ASSAY_SOFTMAX_S16_C
#define ASSAY_SOFTMAX_S16_C

/* x from -32768 to 32767 over 512 steps of a table. */
ASSAY_INLINE int32_t assay_interpolate(const ASSAY_FLASH int16_t *table, int32_t x) {
  const int32_t at = (x + 32768) >> 7, rest = x & 127;
  return table[at] + (((table[at + 1] - table[at]) * rest + 64) >> 7);
}

ASSAY_KERNEL void assay_softmax_s16(const struct assay_softmax_s16 *p, const int16_t *in,
                                    int16_t *out) {
  const int32_t depth = p->depth;
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += depth, out += depth) {
    int32_t largest = -32768, sum = 0, bits = 0, scale, half;
    for (i = 0; i < depth; ++i)
      if (in[i] > largest) largest = in[i];
    for (i = 0; i < depth; ++i) {
      const int32_t scaled = assay_multiply(in[i] - largest, p->multiplier, p->shift);
      const int32_t at = scaled < -65535 ? -32768 : scaled + 32767;
      const int32_t y = assay_interpolate(p->exponential, at);
      sum += y;
      out[i] = (int16_t)y;
    }
    while (bits < 30 && (sum >> bits) > 1) ++bits; /* sum in [2^bits, 2^(bits + 1)) */
    scale = bits > 16 ? (sum + ((int32_t)1 << (bits - 17))) >> (bits - 16)
                      : (int32_t)((uint32_t)sum << (16 - bits));
    scale = assay_interpolate(p->reciprocal, assay_clamp(scale - 98304, -32768, 32767));
    half = (int32_t)1 << (bits - 1);
    for (i = 0; i < depth; ++i)
      out[i] = (int16_t)assay_clamp((out[i] * scale + half) >> bits, 0, 32767);
  }
}

#endif
