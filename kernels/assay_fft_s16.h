/* A complex transform of int16 in the steps and roundings of KISS FFT, scaled down at each step so
 * that nothing overflows. */
#ifndef ASSAY_FFT_S16_H
#define ASSAY_FFT_S16_H

#include "assay_kernel.h"

ASSAY_INLINE int16_t assay_fft_s16_round(int32_t x) {
  return (int16_t)((x + ((int32_t)1 << 14)) >> 15);
}

/* x / n, a little less. */
ASSAY_INLINE int16_t assay_fft_s16_over(int16_t x, int32_t n) {
  return assay_fft_s16_round(x * (32767 / n));
}

/* to = x * w */
ASSAY_INLINE void assay_fft_s16_mul(int16_t *to, const int16_t *x, const ASSAY_FLASH int16_t *w) {
  const int32_t re = (int32_t)x[0] * w[0] - (int32_t)x[1] * w[1];
  const int32_t im = (int32_t)x[0] * w[1] + (int32_t)x[1] * w[0];
  to[0] = assay_fft_s16_round(re);
  to[1] = assay_fft_s16_round(im);
}

/* Where the steps in place want number i of `half`. */
ASSAY_INLINE int32_t assay_fft_s16_order(int32_t i, int32_t half) {
  int32_t from = 0, weight = 1, m = half;
  while (m > 1) {
    const int32_t radix = m % 4 == 0 ? 4 : 2;
    m /= radix;
    from += i / m * weight;
    i %= m;
    weight *= radix;
  }
  return from;
}

/* The innermost step of radix 2. */
ASSAY_INLINE void assay_fft_s16_2(int16_t *x, int32_t half, const ASSAY_FLASH int16_t *twiddles) {
  int32_t i, k;
  for (i = 0; i < half; i += 2, x += 4) {
    int16_t t[2];
    for (k = 0; k < 4; ++k) x[k] = assay_fft_s16_over(x[k], 2);
    assay_fft_s16_mul(t, x + 2, twiddles);
    for (k = 0; k < 2; ++k) {
      x[2 + k] = (int16_t)(x[k] - t[k]);
      x[k] = (int16_t)(x[k] + t[k]);
    }
  }
}

/* A step of radix 4 over blocks of 4 m numbers. */
ASSAY_INLINE void assay_fft_s16_4(int16_t *x, int32_t half, int32_t m,
                                  const ASSAY_FLASH int16_t *twiddles, int32_t inverse) {
  const int32_t stride = half / (4 * m);
  int32_t block, k, i;
  for (block = 0; block < half; block += 4 * m, x += 8 * m)
    for (k = 0; k < m; ++k) {
      int16_t *a = x + 2 * k, *b = a + 2 * m, *c = b + 2 * m, *d = c + 2 * m;
      int16_t tb[2], tc[2], td[2], sum[2], difference[2], away[2];
      for (i = 0; i < 2; ++i) {
        a[i] = assay_fft_s16_over(a[i], 4);
        b[i] = assay_fft_s16_over(b[i], 4);
        c[i] = assay_fft_s16_over(c[i], 4);
        d[i] = assay_fft_s16_over(d[i], 4);
      }
      assay_fft_s16_mul(tb, b, twiddles + 2 * k * stride);
      assay_fft_s16_mul(tc, c, twiddles + 4 * k * stride);
      assay_fft_s16_mul(td, d, twiddles + 6 * k * stride);
      for (i = 0; i < 2; ++i) {
        away[i] = (int16_t)(a[i] - tc[i]);
        a[i] = (int16_t)(a[i] + tc[i]);
        sum[i] = (int16_t)(tb[i] + td[i]);
        difference[i] = (int16_t)(tb[i] - td[i]);
        c[i] = (int16_t)(a[i] - sum[i]);
        a[i] = (int16_t)(a[i] + sum[i]);
      }
      if (inverse) {
        difference[0] = (int16_t)-difference[0];
        difference[1] = (int16_t)-difference[1];
      }
      b[0] = (int16_t)(away[0] + difference[1]);
      b[1] = (int16_t)(away[1] - difference[0]);
      d[0] = (int16_t)(away[0] - difference[1]);
      d[1] = (int16_t)(away[1] + difference[0]);
    }
}

/* All steps, in place, over `half` complex numbers in that order: radix 4, and one radix 2. */
ASSAY_INLINE void assay_fft_s16(int16_t *x, int32_t half, const ASSAY_FLASH int16_t *twiddles,
                                int32_t inverse) {
  int32_t m = 1;
  while (m * 4 <= half) m *= 4;
  if (m == half) {
    m = 1;
  } else {
    assay_fft_s16_2(x, half, twiddles);
    m = 2;
  }
  for (; m < half; m *= 4) assay_fft_s16_4(x, half, m, twiddles, inverse);
}

#endif /* ASSAY_FFT_S16_H */
