/* Weighted sums over stretches of each row: a bank of filters. */
#include "band_sums_f32.h"

#ifndef ASSAY_BAND_SUMS_F32_C
#define ASSAY_BAND_SUMS_F32_C

ASSAY_KERNEL void assay_band_sums_f32(const struct assay_band_sums_f32 *p, const float *in,
                                      float *out) {
  int32_t row, band, i;
  for (row = 0; row < p->rows; ++row, in += p->depth) {
    const ASSAY_FLASH float *w = p->weights;
    for (band = 0; band < p->bands; ++band) {
      const float *x = in + p->spans[2 * band];
      const int32_t taps = p->spans[2 * band + 1];
      float sum = 0.0f;
      for (i = 0; i < taps; ++i) sum += x[i] * *w++;
      *out++ = sum;
    }
  }
}

#endif
