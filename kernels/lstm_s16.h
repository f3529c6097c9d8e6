#ifndef ASSAY_LSTM_S16_H
#define ASSAY_LSTM_S16_H

#include "lstm_cell.h"

ASSAY_BEGIN_C

struct assay_lstm_s16 {
  int32_t batches, steps, inputs, units;
  int32_t time_major; /* 1: [steps][batches][inputs], else [batches][steps][inputs] */
  int32_t clip, tanh_factor, tanh_shift, hidden_zero, hidden_min, hidden_max;
  const ASSAY_FLASH int32_t *factors; /* multiplier, shift: of input and hidden state for each of
                                         the gates forget, input, cell, output; then lstm_cell.h */
  const ASSAY_FLASH uint16_t *sigmoid;
  const ASSAY_FLASH int8_t *weights;   /* [4][units][inputs] */
  const ASSAY_FLASH int8_t *recurrent; /* [4][units][units] */
  const ASSAY_FLASH int64_t *bias;     /* [4][units] */
};

/* `hidden` and `cell` are state; scratch: units of int16_t. */
ASSAY_KERNEL void assay_lstm_s16(const struct assay_lstm_s16 *p, const int16_t *in, int16_t *hidden,
                                 int16_t *cell, int16_t *out, void *scratch);

ASSAY_END_C

#endif
