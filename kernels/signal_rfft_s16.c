/* The spectrum of real numbers: a complex transform of half the length, then split. */
#include "signal_rfft_s16.h"

#ifndef ASSAY_SIGNAL_RFFT_S16_C
#define ASSAY_SIGNAL_RFFT_S16_C

#include "assay_fft_s16.h"

/* The spectrum of the real numbers out of that of their pairs. */
ASSAY_INLINE void assay_signal_rfft_s16_split(const struct assay_signal_rfft_s16 *p,
                                              const int16_t *x, int16_t *out) {
  const int32_t half = p->length / 2;
  const int16_t re = assay_fft_s16_over(x[0], 2);
  const int16_t im = assay_fft_s16_over(x[1], 2);
  int32_t k;
  out[0] = (int16_t)(re + im);
  out[2 * half] = (int16_t)(re - im);
  out[1] = out[2 * half + 1] = 0;
  for (k = 1; k <= half / 2; ++k) {
    const int16_t *near = x + 2 * k, *far = x + 2 * (half - k);
    int16_t *low = out + 2 * k, *high = out + 2 * (half - k);
    const int16_t nr = assay_fft_s16_over(near[0], 2);
    const int16_t ni = assay_fft_s16_over(near[1], 2);
    const int16_t fr = assay_fft_s16_over(far[0], 2);
    const int16_t fi = assay_fft_s16_over((int16_t)-far[1], 2);
    const int16_t sum[2] = {(int16_t)(nr + fr), (int16_t)(ni + fi)};
    const int16_t difference[2] = {(int16_t)(nr - fr), (int16_t)(ni - fi)};
    int16_t t[2];
    assay_fft_s16_mul(t, difference, p->split + 2 * (k - 1));
    low[0] = (int16_t)((sum[0] + t[0]) >> 1);
    low[1] = (int16_t)((sum[1] + t[1]) >> 1);
    high[0] = (int16_t)((sum[0] - t[0]) >> 1);
    high[1] = (int16_t)((t[1] - sum[1]) >> 1);
  }
}

ASSAY_KERNEL void assay_signal_rfft_s16(const struct assay_signal_rfft_s16 *p, const int16_t *in,
                                        int16_t *out, void *scratch) {
  int16_t *x = (int16_t *)scratch;
  const int32_t half = p->length / 2;
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += p->inputs, out += p->length + 2) {
    for (i = 0; i < half; ++i) {
      const int32_t from = 2 * assay_fft_s16_order(i, half);
      x[2 * i] = from < p->inputs ? in[from] : (int16_t)0;
      x[2 * i + 1] = from + 1 < p->inputs ? in[from + 1] : (int16_t)0;
    }
    assay_fft_s16(x, half, p->twiddles, 0);
    assay_signal_rfft_s16_split(p, x, out);
  }
}

#endif
