/* Real numbers out of their spectrum: joined to that of their pairs, then a complex transform. */
#include "signal_irfft_s16.h"

#ifndef ASSAY_SIGNAL_IRFFT_S16_C
#define ASSAY_SIGNAL_IRFFT_S16_C

#include "assay_fft_s16.h"

/* Numbers k and half - k of the spectrum of the pairs. */
ASSAY_INLINE void assay_signal_irfft_s16_join(const struct assay_signal_irfft_s16 *p,
                                              const int16_t *in, int32_t k, int16_t *low,
                                              int16_t *high) {
  const int32_t half = p->length / 2;
  const int16_t *near = in + 2 * k, *far = in + 2 * (half - k);
  const int16_t nr = assay_fft_s16_over(near[0], 2), ni = assay_fft_s16_over(near[1], 2);
  const int16_t fr = assay_fft_s16_over(far[0], 2);
  const int16_t fi = assay_fft_s16_over((int16_t)-far[1], 2);
  const int16_t sum[2] = {(int16_t)(nr + fr), (int16_t)(ni + fi)};
  const int16_t difference[2] = {(int16_t)(nr - fr), (int16_t)(ni - fi)};
  int16_t t[2];
  assay_fft_s16_mul(t, difference, p->split + 2 * (k - 1));
  low[0] = (int16_t)(sum[0] + t[0]);
  low[1] = (int16_t)(sum[1] + t[1]);
  high[0] = (int16_t)(sum[0] - t[0]);
  high[1] = (int16_t) - (int16_t)(sum[1] - t[1]);
}

ASSAY_KERNEL void assay_signal_irfft_s16(const struct assay_signal_irfft_s16 *p, const int16_t *in,
                                         int16_t *out, void *scratch) {
  int16_t *x = (int16_t *)scratch;
  const int32_t half = p->length / 2;
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += p->length + 2, out += p->length) {
    x[0] = assay_fft_s16_over((int16_t)(in[0] + in[2 * half]), 2);
    x[1] = assay_fft_s16_over((int16_t)(in[0] - in[2 * half]), 2);
    for (i = 1; i <= half / 2; ++i) /* in the middle, `high` is what stays */
      assay_signal_irfft_s16_join(p, in, i, x + 2 * i, x + 2 * (half - i));
    for (i = 0; i < half; ++i)
      memcpy(out + 2 * i, x + 2 * assay_fft_s16_order(i, half), 2 * sizeof *x);
    assay_fft_s16(out, half, p->twiddles, 1);
  }
}

#endif
