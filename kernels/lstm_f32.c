/* An LSTM of floats over a sequence. */
#include "lstm_f32.h"

#ifndef ASSAY_LSTM_F32_C
#define ASSAY_LSTM_F32_C

#include <math.h>

ASSAY_INLINE float assay_lstm_f32_dot(const ASSAY_FLASH float *w, const float *x, int32_t count) {
  float sum = 0.0f;
  int32_t i;
  for (i = 0; i < count; ++i) sum += w[i] * x[i];
  return sum;
}

/* With the cut-offs of TFLite. */
ASSAY_INLINE float assay_lstm_f32_logistic(float x) {
  return x > 16.619047164916992188f ? 1.0f : x < -9.0f ? expf(x) : 1.0f / (1.0f + expf(-x));
}

/* One step of one batch; the new hidden state goes to `next`, as all units see the old one. */
ASSAY_INLINE void assay_lstm_f32_units(const struct assay_lstm_f32 *p, const float *x,
                                       const float *hidden, float *cell, float *next) {
  int32_t u, g;
  for (u = 0; u < p->units; ++u) {
    float gate[4], c;
    for (g = 0; g < 4; ++g) {
      const int32_t row = g * p->units + u;
      const float fed = assay_lstm_f32_dot(p->weights + row * p->inputs, x, p->inputs);
      gate[g] = fed + p->bias[row];
      gate[g] += assay_lstm_f32_dot(p->recurrent + row * p->units, hidden, p->units);
    }
    c = assay_lstm_f32_logistic(gate[0]) * cell[u];
    c += assay_lstm_f32_logistic(gate[1]) * tanhf(gate[2]);
    if (p->clip > 0.0f) c = c > p->clip ? p->clip : c < -p->clip ? -p->clip : c;
    cell[u] = c;
    next[u] = tanhf(c) * assay_lstm_f32_logistic(gate[3]);
  }
}

ASSAY_KERNEL void assay_lstm_f32(const struct assay_lstm_f32 *p, const float *in, float *hidden,
                                 float *cell, float *out, void *scratch) {
  const size_t bytes = (size_t)p->units * sizeof(float);
  int32_t b, t;
  for (b = 0; b < p->batches; ++b, hidden += p->units, cell += p->units)
    for (t = 0; t < p->steps; ++t) {
      const int32_t row = p->time_major ? t * p->batches + b : b * p->steps + t;
      assay_lstm_f32_units(p, in + row * p->inputs, hidden, cell, (float *)scratch);
      memcpy(hidden, scratch, bytes);
      memcpy(out + row * p->units, scratch, bytes);
    }
}

#endif
