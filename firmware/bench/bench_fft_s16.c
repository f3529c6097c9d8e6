/* The transform of n real int16, halved first and at each stage so that nothing overflows: n / 2
 * complex numbers by radix-2 decimation in time, then split into the n / 2 + 1 of the real
 * transform, all of it divided by 2 n. `w` holds exp(-2 pi i k / n) for k < n / 2 times 32767.
 * Source: Press et al., Numerical Recipes, 12.3 (the split). */
#include "bench_program.h"

static void bench_fft_s16_reverse(const int16_t *in, int16_t *out, int32_t half) {
  int32_t i, j = 0, bit;
  for (i = 0; i < half; ++i) {
    out[2 * j] = (int16_t)(in[2 * i] >> 1);
    out[2 * j + 1] = (int16_t)(in[2 * i + 1] >> 1);
    for (bit = half >> 1; bit > 0 && (j & bit) != 0; bit >>= 1) j ^= bit;
    j |= bit;
  }
}

static void bench_fft_s16_stages(const int16_t *w, int16_t *z, int32_t half) {
  int32_t span, start, k;
  for (span = 1; span < half; span *= 2) {
    const int32_t step = 2 * (half / span);
    for (start = 0; start < half; start += 2 * span) {
      int16_t *a = z + 2 * start, *b = a + 2 * span;
      const int16_t *t = w;
      for (k = 0; k < span; ++k) {
        const int32_t p = b[0], q = b[1], c = t[0], s = t[1], u = a[0], v = a[1];
        const int32_t re = (p * c - q * s) >> 15, im = (p * s + q * c) >> 15;
        b[0] = (int16_t)((u - re) >> 1);
        b[1] = (int16_t)((v - im) >> 1);
        a[0] = (int16_t)((u + re) >> 1);
        a[1] = (int16_t)((v + im) >> 1);
        a += 2;
        b += 2;
        t += step;
      }
    }
  }
}

BENCH_RUN(fft_s16) {
  const int16_t *t = (const int16_t *)w;
  int16_t *z = (int16_t *)out;
  const int32_t half = n / 2;
  const int16_t *in = (const int16_t *)x;
  int32_t k, first;
  bench_fft_s16_reverse(in, z, half);
  bench_fft_s16_stages(t, z, half);
  for (k = 1; k <= half / 2; ++k) {
    int16_t *a = z + 2 * k, *b = z + 2 * (half - k);
    const int32_t even_re = ((int32_t)a[0] + b[0]) >> 1, even_im = ((int32_t)a[1] - b[1]) >> 1;
    const int32_t odd_re = ((int32_t)a[1] + b[1]) >> 1, odd_im = ((int32_t)b[0] - a[0]) >> 1;
    const int32_t c = t[2 * k], s = t[2 * k + 1];
    const int32_t re = (odd_re * c - odd_im * s) >> 15, im = (odd_re * s + odd_im * c) >> 15;
    a[0] = (int16_t)((even_re + re) >> 1);
    a[1] = (int16_t)((even_im + im) >> 1);
    b[0] = (int16_t)((even_re - re) >> 1);
    b[1] = (int16_t)((im - even_im) >> 1);
  }
  first = z[0];
  z[0] = (int16_t)((first + z[1]) >> 1);
  z[2 * half] = (int16_t)((first - z[1]) >> 1);
  z[1] = 0;
  z[2 * half + 1] = 0;
  (void)m;
}

#ifdef BENCH_HOST
#include "bench_host.h"

static void fill(void *w, int32_t n, int32_t m) {
  int16_t *t = (int16_t *)w;
  int32_t k;
  for (k = 0; k < n / 2; ++k) {
    const double angle = bench_fft_angle(n, k);
    t[2 * k] = (int16_t)lrint(32767.0 * cos(angle));
    t[2 * k + 1] = (int16_t)lrint(32767.0 * sin(angle));
  }
  (void)m;
}

const struct bench_program bench_fft_s16_program = {
    BENCH_FFT_SHAPE,     .name = "fft_s16",     .title = "real FFT, int16", .x_type = BENCH_S16,
    .w_type = BENCH_S16, .out_type = BENCH_S16, .x_offsets = {0, 2},        .w_offsets = {0, 4},
    .fill = fill,        .run = bench_fft_s16,
};
#endif
