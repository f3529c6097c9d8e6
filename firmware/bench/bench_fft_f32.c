/* The transform of n real float32: n / 2 complex numbers by radix-2 decimation in time, then split
 * into the n / 2 + 1 of the real transform. `w` holds exp(-2 pi i k / n) for k < n / 2.
 * Source: Press et al., Numerical Recipes, 12.3 (the split). */
#include "bench_program.h"

static void bench_fft_f32_reverse(const float *in, float *out, int32_t half) {
  int32_t i, j = 0, bit;
  for (i = 0; i < half; ++i) {
    out[2 * j] = in[2 * i];
    out[2 * j + 1] = in[2 * i + 1];
    for (bit = half >> 1; bit > 0 && (j & bit) != 0; bit >>= 1) j ^= bit;
    j |= bit;
  }
}

static void bench_fft_f32_stages(const float *w, float *z, int32_t half) {
  int32_t span, start, k;
  for (span = 1; span < half; span *= 2) {
    const int32_t step = 2 * (half / span); /* floats of w from one twiddle to the next */
    for (start = 0; start < half; start += 2 * span) {
      float *a = z + 2 * start, *b = a + 2 * span;
      const float *t = w;
      for (k = 0; k < span; ++k) {
        const float re = b[0] * t[0] - b[1] * t[1], im = b[0] * t[1] + b[1] * t[0];
        b[0] = a[0] - re;
        b[1] = a[1] - im;
        a[0] += re;
        a[1] += im;
        a += 2;
        b += 2;
        t += step;
      }
    }
  }
}

BENCH_RUN(fft_f32) {
  const float *t = (const float *)w;
  float *z = (float *)out;
  const int32_t half = n / 2;
  const float *in = (const float *)x;
  int32_t k;
  float first;
  bench_fft_f32_reverse(in, z, half);
  bench_fft_f32_stages(t, z, half);
  for (k = 1; k <= half / 2; ++k) {
    float *a = z + 2 * k, *b = z + 2 * (half - k);
    const float even_re = 0.5f * (a[0] + b[0]), even_im = 0.5f * (a[1] - b[1]);
    const float odd_re = 0.5f * (a[1] + b[1]), odd_im = 0.5f * (b[0] - a[0]);
    const float re = odd_re * t[2 * k] - odd_im * t[2 * k + 1];
    const float im = odd_re * t[2 * k + 1] + odd_im * t[2 * k];
    a[0] = even_re + re;
    a[1] = even_im + im;
    b[0] = even_re - re;
    b[1] = im - even_im;
  }
  first = z[0];
  z[0] = first + z[1];
  z[2 * half] = first - z[1];
  z[1] = 0.0f;
  z[2 * half + 1] = 0.0f;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

static void fill(void *w, int32_t n, int32_t m) {
  float *t = (float *)w;
  int32_t k;
  for (k = 0; k < n / 2; ++k) {
    const double angle = bench_fft_angle(n, k);
    t[2 * k] = (float)cos(angle);
    t[2 * k + 1] = (float)sin(angle);
  }
  (void)m;
}

const struct bench_program bench_fft_f32_program = {
    BENCH_FFT_SHAPE,     .name = "fft_f32",     .title = "real FFT, float32", .x_type = BENCH_F32,
    .w_type = BENCH_F32, .out_type = BENCH_F32, .x_offsets = {0, 4},          .w_offsets = {0, 8},
    .fill = fill,        .run = bench_fft_f32,
};
#endif
