/* The logistic function or tanh of int16, between the entries of a table. */
#include "sigmoid_s16.h"

#ifndef ASSAY_SIGMOID_S16_C
#define ASSAY_SIGMOID_S16_C

#include "lstm_cell.h"

ASSAY_KERNEL void assay_sigmoid_s16(const struct assay_sigmoid_s16 *p, const int16_t *in,
                                    int16_t *out) {
  const struct assay_sigmoid_s16 q = *p;
  int32_t i;
  for (i = 0; i < q.count; ++i)
    out[i] = q.is_tanh ? assay_lstm_tanh(q.sigmoid, in[i], q.factor, q.shift)
                       : assay_logistic_s16(q.sigmoid, assay_lstm_scaled(in[i], q.factor, q.shift));
}

#endif
