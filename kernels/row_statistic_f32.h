#ifndef ASSAY_ROW_STATISTIC_F32_H
#define ASSAY_ROW_STATISTIC_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

enum assay_statistic {
  ASSAY_MEAN,
  ASSAY_RMS,
  ASSAY_STD, /* of the whole population: divided by the count */
  ASSAY_MIN,
  ASSAY_MAX,
  ASSAY_ZERO_CROSSINGS, /* neighbours of which exactly one is below zero */
  ASSAY_PERCENTILE      /* between the two nearest ranks in proportion */
};

struct assay_row_statistic_f32 {
  int32_t rows, depth;
  int32_t kind;   /* enum assay_statistic */
  float position; /* ASSAY_PERCENTILE: the rank, 0 .. depth - 1 */
};

/* scratch: depth floats for ASSAY_PERCENTILE, else not looked at. */
ASSAY_KERNEL void assay_row_statistic_f32(const struct assay_row_statistic_f32 *p, const float *in,
                                          float *out, void *scratch);

ASSAY_END_C

#endif
