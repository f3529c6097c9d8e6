#ifndef ASSAY_BAND_SUMS_F32_H
#define ASSAY_BAND_SUMS_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_band_sums_f32 {
  int32_t rows, depth, bands;
  const ASSAY_FLASH int32_t *spans; /* [bands][2]: first element, elements */
  const ASSAY_FLASH float *weights; /* those of each band, one band after another */
};

ASSAY_KERNEL void assay_band_sums_f32(const struct assay_band_sums_f32 *p, const float *in,
                                      float *out);

ASSAY_END_C

#endif
