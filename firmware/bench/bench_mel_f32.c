/* m mel bands of n bins of a power spectrum, float32: triangles that overlap by half. `w` holds for
 * each band its first bin and how many (int32), then all weights. */
#include "bench_program.h"

BENCH_RUN(mel_f32) {
  const float *power = (const float *)x;
  const int32_t *band = (const int32_t *)w;
  const float *weight = (const float *)w + 2 * m;
  float *to = (float *)out;
  int32_t b, i;
  for (b = 0; b < m; ++b) {
    const float *at = power + band[2 * b];
    const int32_t count = band[2 * b + 1];
    float sum = 0.0f;
    for (i = 0; i < count; ++i) sum += at[i] * weight[i];
    weight += count;
    to[b] = sum;
  }
  (void)n;
}

#ifdef BENCH_HOST
#include "bench_host.h"

static void fill(void *w, int32_t n, int32_t m) {
  int32_t *band = (int32_t *)w, b, i;
  float *weight = (float *)w + 2 * m;
  for (b = 0; b < m; ++b) {
    band[2 * b] = bench_mel_first(n, m, b);
    band[2 * b + 1] = bench_mel_count(n, m, b);
    for (i = 0; i < band[2 * b + 1]; ++i)
      *weight++ = (float)bench_mel_weight(n, m, b, band[2 * b] + i);
  }
}

const struct bench_program bench_mel_f32_program = {
    BENCH_MEL_SHAPE,     .name = "mel_f32",    .title = "mel bands, float32",
    .x_type = BENCH_F32, .w_type = BENCH_F32,  .out_type = BENCH_F32,
    .fill = fill,        .run = bench_mel_f32,
};
#endif
