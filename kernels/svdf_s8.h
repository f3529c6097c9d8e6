#ifndef ASSAY_SVDF_S8_H
#define ASSAY_SVDF_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_svdf_s8 {
  int32_t batches, inputs, units, rank, memory;
  int32_t in_zero, state_zero, out_zero;
  int32_t wide;                       /* 1: state and time weights are int16, else int8 */
  const ASSAY_FLASH int32_t *factors; /* multiplier, shift of the features; of the output */
  const ASSAY_FLASH int8_t *features; /* [units * rank][inputs] */
  const ASSAY_FLASH int8_t *times8;   /* [units * rank][memory] */
  const ASSAY_FLASH int16_t *times16; /* the one or the other */
  const ASSAY_FLASH int32_t *bias;    /* [units]; 0: none */
};

ASSAY_KERNEL void assay_svdf_s8(const struct assay_svdf_s8 *p, const int8_t *in, void *state,
                                int8_t *out);

ASSAY_END_C

#endif
