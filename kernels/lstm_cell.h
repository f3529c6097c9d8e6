/* What the integer LSTM kernels share: the non-linear functions of int16, and one unit's step. */
#ifndef ASSAY_LSTM_CELL_H
#define ASSAY_LSTM_CELL_H

#include "assay_kernel.h"

/* Interpolates in 2^16 sigmoid, at |x| with `bits` fractional bits: `bits` more bits. */
ASSAY_INLINE uint32_t assay_lstm_lookup(const ASSAY_FLASH uint16_t *table, uint32_t x,
                                        int32_t bits) {
  const uint32_t at = x >> bits, rest = x & ((1u << bits) - 1u);
  const uint32_t low = table[at], high = table[at + 1u];
  return (low << bits) + rest * (high - low);
}

/* 1 / (1 + exp(-x)) of x with 12 fractional bits times 3, the result with 15. */
ASSAY_INLINE int16_t assay_logistic_s16(const ASSAY_FLASH uint16_t *table, int32_t scaled) {
  const uint32_t size = (uint32_t)(scaled < 0 ? -scaled : scaled);
  uint32_t y = (uint32_t)0x7fff << 10;
  if ((size >> 9) < 255u) y = assay_lstm_lookup(table, size, 9);
  y = scaled >= 0 ? y + 512u : ((uint32_t)1 << 25) - y + 511u;
  return (int16_t)(y >> 10);
}

/* The same for x with 12 fractional bits. */
ASSAY_INLINE int16_t assay_lstm_logistic(const ASSAY_FLASH uint16_t *table, int32_t x) {
  return assay_logistic_s16(table, x * 3);
}

/* x times factor * 2^-shift. */
ASSAY_INLINE int32_t assay_lstm_scaled(int32_t x, int32_t factor, int32_t shift) {
  const int32_t half = shift > 0 ? (int32_t)1 << (shift - 1) : 0;
  return (x * factor + half) >> shift;
}

/* tanh of x times factor * 2^-shift, which has 12 fractional bits times 3; 15 in the result. */
ASSAY_INLINE int16_t assay_lstm_tanh(const ASSAY_FLASH uint16_t *table, int32_t x, int32_t factor,
                                     int32_t shift) {
  const int32_t scaled = assay_lstm_scaled(x, factor, shift);
  const uint32_t size = (uint32_t)(scaled < 0 ? -scaled : scaled);
  int32_t y = (int32_t)0xffff << 8;
  if ((size >> 8) < 255u) y = (int32_t)assay_lstm_lookup(table, size, 8);
  y = scaled >= 0 ? y - ((int32_t)1 << 23) + 128 : ((int32_t)1 << 23) - y + 127;
  return (int16_t)(y >> 8);
}

ASSAY_INLINE int32_t assay_lstm_saturate(int32_t x) { return assay_clamp(x, -32768, 32767); }

struct assay_lstm_cell {
  int32_t clip; /* of the cell; 0: none */
  int32_t tanh_factor, tanh_shift;
  int32_t hidden_zero, hidden_min, hidden_max;
  const ASSAY_FLASH int32_t *factors; /* multiplier, shift: keep, add, hidden */
  const ASSAY_FLASH uint16_t *sigmoid;
};

/* One unit: gates (forget, input, cell, output) as sums with 12 fractional bits; the cell is
 * updated, the new hidden value returned. */
ASSAY_INLINE int32_t assay_lstm_step(const struct assay_lstm_cell *p, const int32_t *gate,
                                     int16_t *cell) {
  const ASSAY_FLASH int32_t *by = p->factors;
  const int32_t forget = assay_lstm_logistic(p->sigmoid, gate[0]);
  const int32_t input = assay_lstm_logistic(p->sigmoid, gate[1]);
  const int32_t candidate = assay_lstm_tanh(p->sigmoid, gate[2], 3, 0);
  const int32_t output = assay_lstm_logistic(p->sigmoid, gate[3]);
  const int32_t kept = assay_lstm_saturate(assay_multiply(forget * *cell, by[0], by[1]));
  const int32_t added = assay_lstm_saturate(assay_multiply(input * candidate, by[2], by[3]));
  int32_t c = assay_lstm_saturate(kept + added), y;
  if (p->clip > 0) c = assay_clamp(c, -p->clip, p->clip);
  *cell = (int16_t)c;
  y = output * assay_lstm_tanh(p->sigmoid, c, p->tanh_factor, p->tanh_shift);
  return assay_clamp(p->hidden_zero + assay_multiply(y, by[4], by[5]), p->hidden_min,
                     p->hidden_max);
}

#endif /* ASSAY_LSTM_CELL_H */
