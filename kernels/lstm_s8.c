/* An LSTM of int8 activations, int8 weights and int16 cells, over a sequence. */
#include "lstm_s8.h"

#ifndef ASSAY_LSTM_S8_C
#define ASSAY_LSTM_S8_C

ASSAY_INLINE int32_t assay_lstm_s8_dot(const ASSAY_FLASH int8_t *w, const int8_t *x,
                                       int32_t count) {
  int32_t sum = 0, i;
  for (i = 0; i < count; ++i) sum += (int16_t)(w[i] * x[i]);
  return sum;
}

ASSAY_INLINE int32_t assay_lstm_s8_scale(int32_t sum, const ASSAY_FLASH int32_t *by) {
  return assay_lstm_saturate(assay_multiply(sum, by[0], by[1]));
}

/* One step of one batch; the new hidden state goes to `next`, as all units see the old one. */
ASSAY_INLINE void assay_lstm_s8_units(const struct assay_lstm_s8 *p, const int8_t *x,
                                      const int8_t *hidden, int16_t *cell, int8_t *next) {
  const struct assay_lstm_cell constants = {p->clip,         p->tanh_factor, p->tanh_shift,
                                            p->hidden_zero,  p->hidden_min,  p->hidden_max,
                                            p->factors + 16, p->sigmoid};
  int32_t u, g, gate[4];
  for (u = 0; u < p->units; ++u) {
    for (g = 0; g < 4; ++g) {
      const int32_t row = g * p->units + u;
      const int32_t fed =
          assay_lstm_s8_dot(p->weights + row * p->inputs, x, p->inputs) + p->bias[row];
      const int32_t back = assay_lstm_s8_dot(p->recurrent + row * p->units, hidden, p->units) +
                           p->recurrent_bias[row];
      gate[g] = assay_lstm_saturate(assay_lstm_s8_scale(fed, p->factors + 4 * g) +
                                    assay_lstm_s8_scale(back, p->factors + 4 * g + 2));
    }
    next[u] = (int8_t)assay_lstm_step(&constants, gate, cell + u);
  }
}

ASSAY_KERNEL void assay_lstm_s8(const struct assay_lstm_s8 *p, const int8_t *in, int8_t *hidden,
                                int16_t *cell, int8_t *out, void *scratch) {
  const size_t bytes = (size_t)p->units * sizeof(int8_t);
  int32_t b, t;
  for (b = 0; b < p->batches; ++b, hidden += p->units, cell += p->units)
    for (t = 0; t < p->steps; ++t) {
      const int32_t row = p->time_major ? t * p->batches + b : b * p->steps + t;
      assay_lstm_s8_units(p, in + row * p->inputs, hidden, cell, (int8_t *)scratch);
      memcpy(hidden, scratch, bytes);
      memcpy(out + row * p->units, scratch, bytes);
    }
}

#endif
