/* An LSTM of int16 activations, int8 weights and int16 cells, over a sequence. */
#include "lstm_s16.h"

#ifndef ASSAY_LSTM_S16_C
#define ASSAY_LSTM_S16_C

ASSAY_INLINE int64_t assay_lstm_s16_dot(const ASSAY_FLASH int8_t *w, const int16_t *x,
                                        int32_t count) {
  int64_t sum = 0;
  int32_t i;
  for (i = 0; i < count; ++i) sum += (int32_t)w[i] * x[i];
  return sum;
}

/* A 64-bit sum times a multiplier of which 16 bits count. */
ASSAY_INLINE int32_t assay_lstm_s16_scale(int64_t sum, const ASSAY_FLASH int32_t *by) {
  const int32_t reduced = by[0] < 0x7fff0000 ? (by[0] + ((int32_t)1 << 15)) >> 16 : 0x7fff;
  const int32_t shift = 15 - by[1];
  return assay_lstm_saturate((int32_t)((sum * reduced + ((int64_t)1 << (shift - 1))) >> shift));
}

/* One step of one batch; the new hidden state goes to `next`, as all units see the old one. */
ASSAY_INLINE void assay_lstm_s16_units(const struct assay_lstm_s16 *p, const int16_t *x,
                                       const int16_t *hidden, int16_t *cell, int16_t *next) {
  const struct assay_lstm_cell constants = {p->clip,         p->tanh_factor, p->tanh_shift,
                                            p->hidden_zero,  p->hidden_min,  p->hidden_max,
                                            p->factors + 16, p->sigmoid};
  int32_t u, g, gate[4];
  for (u = 0; u < p->units; ++u) {
    for (g = 0; g < 4; ++g) {
      const int32_t row = g * p->units + u;
      const int64_t fed =
          assay_lstm_s16_dot(p->weights + row * p->inputs, x, p->inputs) + p->bias[row];
      const int64_t back = assay_lstm_s16_dot(p->recurrent + row * p->units, hidden, p->units);
      gate[g] = assay_lstm_saturate(assay_lstm_s16_scale(fed, p->factors + 4 * g) +
                                    assay_lstm_s16_scale(back, p->factors + 4 * g + 2));
    }
    next[u] = (int16_t)assay_lstm_step(&constants, gate, cell + u);
  }
}

ASSAY_KERNEL void assay_lstm_s16(const struct assay_lstm_s16 *p, const int16_t *in, int16_t *hidden,
                                 int16_t *cell, int16_t *out, void *scratch) {
  const size_t bytes = (size_t)p->units * sizeof(int16_t);
  int32_t b, t;
  for (b = 0; b < p->batches; ++b, hidden += p->units, cell += p->units)
    for (t = 0; t < p->steps; ++t) {
      const int32_t row = p->time_major ? t * p->batches + b : b * p->steps + t;
      assay_lstm_s16_units(p, in + row * p->inputs, hidden, cell, (int16_t *)scratch);
      memcpy(hidden, scratch, bytes);
      memcpy(out + row * p->units, scratch, bytes);
    }
}

#endif
