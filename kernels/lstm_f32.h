#ifndef ASSAY_LSTM_F32_H
#define ASSAY_LSTM_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_lstm_f32 {
  int32_t batches, steps, inputs, units;
  int32_t time_major;               /* 1: [steps][batches][inputs], else [batches][steps][inputs] */
  float clip;                       /* of the cell; 0: none */
  const ASSAY_FLASH float *weights; /* [4][units][inputs]: forget, input, cell, output */
  const ASSAY_FLASH float *recurrent; /* [4][units][units] */
  const ASSAY_FLASH float *bias;      /* [4][units] */
};

/* `hidden` and `cell` are state; scratch: units of float. */
ASSAY_KERNEL void assay_lstm_f32(const struct assay_lstm_f32 *p, const float *in, float *hidden,
                                 float *cell, float *out, void *scratch);

ASSAY_END_C

#endif
