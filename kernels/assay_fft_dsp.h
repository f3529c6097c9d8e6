/* A complex transform of int16 as assay_fft_s16.h does it, to the bit, with two halfwords a word.
 *
 * A number is a word: real below imaginary. Twiddles are read once for all blocks of a step, for
 * reads of flash wait. Little-endian only. */
#ifndef ASSAY_FFT_DSP_H
#define ASSAY_FFT_DSP_H

#include "assay_dsp.h"

#define ASSAY_FFT_HALF ((int32_t)1 << 14) /* what rounds in Q15 */

#if ASSAY_HAS_DSP

#define ASSAY_FFT_PAIR(name, instruction)                          \
  ASSAY_INLINE uint32_t name(uint32_t x, uint32_t y) {             \
    uint32_t r;                                                    \
    __asm__(instruction " %0, %1, %2" : "=r"(r) : "r"(x), "r"(y)); \
    return r;                                                      \
  }
#define ASSAY_FFT_SUM(name, instruction)                                         \
  ASSAY_INLINE int32_t name(uint32_t x, uint32_t y, int32_t sum) {               \
    int32_t r;                                                                   \
    __asm__(instruction " %0, %1, %2, %3" : "=r"(r) : "r"(x), "r"(y), "r"(sum)); \
    return r;                                                                    \
  }

ASSAY_FFT_PAIR(assay_fft_add, "sadd16")
ASSAY_FFT_PAIR(assay_fft_sub, "ssub16")
ASSAY_FFT_PAIR(assay_fft_half_add, "shadd16")
ASSAY_FFT_PAIR(assay_fft_half_sub, "shsub16")
ASSAY_FFT_PAIR(assay_fft_sub_i, "ssax")     /* x - i y */
ASSAY_FFT_PAIR(assay_fft_add_i, "sasx")     /* x + i y */
ASSAY_FFT_PAIR(assay_fft_low_high, "pkhbt") /* low half of x, high half of y */
ASSAY_FFT_SUM(assay_fft_low_product, "smlabb")
ASSAY_FFT_SUM(assay_fft_high_product, "smlatb") /* high half of x, low half of y */
ASSAY_FFT_SUM(assay_fft_real_product, "smlsd")
ASSAY_FFT_SUM(assay_fft_imaginary_product, "smladx")

/* Both shifted right by 15. */
ASSAY_INLINE uint32_t assay_fft_pair15(int32_t low, int32_t high) {
  uint32_t r;
  __asm__("pkhtb %0, %1, %2, asr #15" : "=r"(r) : "r"((uint32_t)high << 1), "r"(low));
  return r;
}

#else

ASSAY_INLINE uint32_t assay_fft_add(uint32_t x, uint32_t y) {
  return assay_pair(assay_low_half(x) + assay_low_half(y), assay_high_half(x) + assay_high_half(y));
}
ASSAY_INLINE uint32_t assay_fft_sub(uint32_t x, uint32_t y) {
  return assay_pair(assay_low_half(x) - assay_low_half(y), assay_high_half(x) - assay_high_half(y));
}
ASSAY_INLINE uint32_t assay_fft_half_add(uint32_t x, uint32_t y) {
  return assay_pair((assay_low_half(x) + assay_low_half(y)) >> 1,
                    (assay_high_half(x) + assay_high_half(y)) >> 1);
}
ASSAY_INLINE uint32_t assay_fft_half_sub(uint32_t x, uint32_t y) {
  return assay_pair((assay_low_half(x) - assay_low_half(y)) >> 1,
                    (assay_high_half(x) - assay_high_half(y)) >> 1);
}
ASSAY_INLINE uint32_t assay_fft_sub_i(uint32_t x, uint32_t y) {
  return assay_pair(assay_low_half(x) + assay_high_half(y), assay_high_half(x) - assay_low_half(y));
}
ASSAY_INLINE uint32_t assay_fft_add_i(uint32_t x, uint32_t y) {
  return assay_pair(assay_low_half(x) - assay_high_half(y), assay_high_half(x) + assay_low_half(y));
}
ASSAY_INLINE uint32_t assay_fft_low_high(uint32_t x, uint32_t y) {
  return assay_pair(assay_low_half(x), assay_high_half(y));
}
ASSAY_INLINE int32_t assay_fft_low_product(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_low_half(x) * assay_low_half(y);
}
ASSAY_INLINE int32_t assay_fft_high_product(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_high_half(x) * assay_low_half(y);
}
ASSAY_INLINE int32_t assay_fft_real_product(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_low_half(x) * assay_low_half(y) - assay_high_half(x) * assay_high_half(y);
}
ASSAY_INLINE int32_t assay_fft_imaginary_product(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_low_half(x) * assay_high_half(y) + assay_high_half(x) * assay_low_half(y);
}
ASSAY_INLINE uint32_t assay_fft_pair15(int32_t low, int32_t high) {
  return assay_pair(low >> 15, high >> 15);
}

#endif

/* x / n, a little less; `part` is 32767 / n. */
ASSAY_INLINE uint32_t assay_fft_over(uint32_t x, uint32_t part) {
  return assay_fft_pair15(assay_fft_low_product(x, part, ASSAY_FFT_HALF),
                          assay_fft_high_product(x, part, ASSAY_FFT_HALF));
}

ASSAY_INLINE uint32_t assay_fft_mul(uint32_t x, uint32_t w) {
  return assay_fft_pair15(assay_fft_real_product(x, w, ASSAY_FFT_HALF),
                          assay_fft_imaginary_product(x, w, ASSAY_FFT_HALF));
}

/* The innermost step of radix 2. */
ASSAY_INLINE void assay_fft_dsp_2(uint32_t *x, int32_t half, const ASSAY_FLASH int16_t *twiddles) {
  const uint32_t w = assay_load(twiddles);
  for (; half > 0; half -= 2, x += 2) {
    const uint32_t a = assay_fft_over(x[0], 32767 / 2);
    const uint32_t t = assay_fft_mul(assay_fft_over(x[1], 32767 / 2), w);
    x[0] = assay_fft_add(a, t);
    x[1] = assay_fft_sub(a, t);
  }
}

/* A step of radix 4 over blocks of 4 m numbers. */
ASSAY_INLINE void assay_fft_dsp_4(uint32_t *x, int32_t half, int32_t m,
                                  const ASSAY_FLASH int16_t *twiddles) {
  const int32_t stride = half / (4 * m);
  int32_t block, k;
  for (k = 0; k < m; ++k) {
    const uint32_t wb = assay_load(twiddles + 2 * k * stride);
    const uint32_t wc = assay_load(twiddles + 4 * k * stride);
    const uint32_t wd = assay_load(twiddles + 6 * k * stride);
    uint32_t *a = x + k;
    for (block = stride; block > 0; --block) {
      uint32_t *const b = a + m, *const c = b + m, *const d = c + m;
      const uint32_t ta = assay_fft_over(*a, 32767 / 4);
      const uint32_t tb = assay_fft_mul(assay_fft_over(*b, 32767 / 4), wb);
      const uint32_t tc = assay_fft_mul(assay_fft_over(*c, 32767 / 4), wc);
      const uint32_t td = assay_fft_mul(assay_fft_over(*d, 32767 / 4), wd);
      const uint32_t away = assay_fft_sub(ta, tc), near = assay_fft_add(ta, tc);
      const uint32_t sum = assay_fft_add(tb, td), difference = assay_fft_sub(tb, td);
      *a = assay_fft_add(near, sum);
      *b = assay_fft_sub_i(away, difference);
      *c = assay_fft_sub(near, sum);
      *d = assay_fft_add_i(away, difference);
      a = d + m;
    }
  }
}

/* All steps, in place, over `half` complex numbers in their order: radix 4, and one radix 2. */
ASSAY_INLINE void assay_fft_dsp(uint32_t *x, int32_t half, const ASSAY_FLASH int16_t *twiddles) {
  int32_t m = 1;
  while (m * 4 <= half) m *= 4;
  if (m == half) {
    m = 1;
  } else {
    assay_fft_dsp_2(x, half, twiddles);
    m = 2;
  }
  for (; m < half; m *= 4) assay_fft_dsp_4(x, half, m, twiddles);
}

#endif /* ASSAY_FFT_DSP_H */
