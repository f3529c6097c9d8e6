/* |X|^2 or |X| of the transform of real rows: n / 2 complex numbers in reversed order, passes of
 * two radix-2 stages at once, then split into the n / 2 + 1 of the real transform. Source: Press et
 * al., Numerical Recipes, 12.3 (the split); Cooley and Tukey (1965). */
#include "power_spectrum_f32.h"

#ifndef ASSAY_POWER_SPECTRUM_F32_C
#define ASSAY_POWER_SPECTRUM_F32_C

#include <math.h>

/* The row as complex numbers (even samples, odd samples), index bits reversed, zeros behind. */
ASSAY_INLINE void assay_spectrum_load_f32(const float *x, int32_t depth, float *z, int32_t half) {
  int32_t i, j = 0, bit;
  for (i = 0; i < half; ++i) {
    z[2 * j] = 2 * i < depth ? x[2 * i] : 0.0f;
    z[2 * j + 1] = 2 * i + 1 < depth ? x[2 * i + 1] : 0.0f;
    for (bit = half >> 1; bit > 0 && (j & bit) != 0; bit >>= 1) j ^= bit;
    j |= bit;
  }
}

/* The stages of spans s and 2 s. */
ASSAY_INLINE void assay_spectrum_pass_f32(const ASSAY_FLASH float *w, float *z, int32_t half,
                                          int32_t s) {
  const int32_t step = half / (4 * s) * 4; /* floats between twiddles: of n, not of n / 2 */
  int32_t start, k;
  for (k = 0; k < s; ++k) {
    const float c1 = w[k * step], s1 = w[k * step + 1];
    const float c2 = w[2 * k * step], s2 = w[2 * k * step + 1];
    const float c3 = c1 * c2 - s1 * s2, s3 = c1 * s2 + s1 * c2;
    for (start = k; start < half; start += 4 * s) {
      float *a = z + 2 * start, *b = a + 2 * s, *c = b + 2 * s, *d = c + 2 * s;
      const float br = b[0] * c2 - b[1] * s2, bi = b[0] * s2 + b[1] * c2;
      const float cr = c[0] * c1 - c[1] * s1, ci = c[0] * s1 + c[1] * c1;
      const float dr = d[0] * c3 - d[1] * s3, di = d[0] * s3 + d[1] * c3;
      const float er = a[0] + br, ei = a[1] + bi, fr = a[0] - br, fi = a[1] - bi;
      const float gr = cr + dr, gi = ci + di, hr = cr - dr, hi = ci - di;
      a[0] = er + gr, a[1] = ei + gi;
      b[0] = fr + hi, b[1] = fi - hr;
      c[0] = er - gr, c[1] = ei - gi;
      d[0] = fr - hi, d[1] = fi + hr;
    }
  }
}

ASSAY_INLINE void assay_spectrum_stages_f32(const ASSAY_FLASH float *w, float *z, int32_t half) {
  int32_t span = 1, k, stages = 0;
  for (k = half; k > 1; k >>= 1) ++stages;
  if (stages % 2 == 1) {
    for (k = 0; k < 2 * half; k += 4) {
      const float re = z[k + 2], im = z[k + 3];
      z[k + 2] = z[k] - re, z[k + 3] = z[k + 1] - im;
      z[k] += re, z[k + 1] += im;
    }
    span = 2;
  }
  for (; span < half; span *= 4) assay_spectrum_pass_f32(w, z, half, span);
}

ASSAY_INLINE float assay_spectrum_size_f32(float re, float im, int32_t is_root) {
  const float power = re * re + im * im;
  return is_root ? sqrtf(power) : power;
}

ASSAY_KERNEL void assay_power_spectrum_f32(const struct assay_power_spectrum_f32 *p,
                                           const float *in, float *out, void *scratch) {
  float *z = (float *)scratch;
  const int32_t half = p->n / 2;
  int32_t row, k;
  for (row = 0; row < p->rows; ++row, in += p->depth, out += half + 1) {
    assay_spectrum_load_f32(in, p->depth, z, half);
    assay_spectrum_stages_f32(p->twiddles, z, half);
    out[0] = assay_spectrum_size_f32(z[0] + z[1], 0.0f, p->is_root);
    out[half] = assay_spectrum_size_f32(z[0] - z[1], 0.0f, p->is_root);
    for (k = 1; k <= half / 2; ++k) {
      const float *a = z + 2 * k, *b = z + 2 * (half - k);
      const float er = 0.5f * (a[0] + b[0]), ei = 0.5f * (a[1] - b[1]);
      const float odd_r = 0.5f * (a[1] + b[1]), odd_i = 0.5f * (b[0] - a[0]);
      const float c = p->twiddles[2 * k], s = p->twiddles[2 * k + 1];
      const float fr = odd_r * c - odd_i * s, fi = odd_r * s + odd_i * c;
      out[k] = assay_spectrum_size_f32(er + fr, ei + fi, p->is_root);
      out[half - k] = assay_spectrum_size_f32(er - fr, ei - fi, p->is_root);
    }
  }
}

#endif
