/* The spectrum of real numbers: a complex transform of half the length, then split. */
#include "signal_rfft_s16_dsp.h"

#ifndef ASSAY_SIGNAL_RFFT_S16_DSP_C
#define ASSAY_SIGNAL_RFFT_S16_DSP_C

#include "assay_fft_dsp.h"

/* The spectrum of the real numbers out of that of their pairs. */
ASSAY_INLINE void assay_signal_rfft_s16_dsp_split(const struct assay_signal_rfft_s16_dsp *p,
                                                  const uint32_t *x, int16_t *out) {
  const int32_t half = p->length / 2;
  const uint32_t first = assay_fft_over(x[0], 32767 / 2);
  const uint32_t turned = assay_fft_add_i(first, first); /* re - im, re + im */
  const ASSAY_FLASH int16_t *split = p->split;
  const uint32_t *far = x + half;
  int16_t *low = out, *high = out + 2 * half;
  int32_t k;
  assay_store(low, turned >> 16);
  assay_store(high, turned & 0xffffu);
  for (k = half / 2; k > 0; --k, split += 2) {
    const uint32_t mirrored = *--far;
    const uint32_t n = assay_fft_over(*++x, 32767 / 2);
    const uint32_t f =
        assay_fft_over(assay_fft_low_high(mirrored, assay_fft_sub(0, mirrored)), 32767 / 2);
    const uint32_t sum = assay_fft_add(n, f);
    const uint32_t t = assay_fft_mul(assay_fft_sub(n, f), assay_load(split));
    assay_store(low += 2, assay_fft_half_add(sum, t));
    assay_store(high -= 2,
                assay_fft_low_high(assay_fft_half_sub(sum, t), assay_fft_half_sub(t, sum)));
  }
}

/* Inputs in pairs, in the order of the steps. */
ASSAY_INLINE void assay_signal_rfft_s16_dsp_order(const struct assay_signal_rfft_s16_dsp *p,
                                                  const int16_t *in, uint32_t *x) {
  const int32_t half = p->length / 2, whole = p->inputs / 2;
  int32_t i;
  for (i = 0; i < half; ++i) {
    const int32_t from = p->order[i];
    if (from < whole)
      x[i] = assay_load(in + 2 * from);
    else
      x[i] = 2 * from < p->inputs ? (uint32_t)in[2 * from] & 0xffffu : 0;
  }
}

ASSAY_KERNEL void assay_signal_rfft_s16_dsp(const struct assay_signal_rfft_s16_dsp *p,
                                            const int16_t *in, int16_t *out, void *scratch) {
  uint32_t *x = (uint32_t *)scratch;
  int32_t row;
  for (row = 0; row < p->rows; ++row, in += p->inputs, out += p->length + 2) {
    assay_signal_rfft_s16_dsp_order(p, in, x);
    assay_fft_dsp(x, p->length / 2, p->twiddles);
    assay_signal_rfft_s16_dsp_split(p, x, out);
  }
}

#endif
