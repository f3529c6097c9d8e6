/* m mel bands of n bins of a magnitude spectrum, int16 times weights of 12 bits: triangles that
 * overlap by half. `w` holds for each band its first bin and how many, then all weights. */
#include "bench_program.h"

BENCH_RUN(mel_s16) {
  const int16_t *magnitude = (const int16_t *)x, *band = (const int16_t *)w;
  const int16_t *weight = band + 2 * m;
  int32_t *to = (int32_t *)out;
  int32_t b, i;
  for (b = 0; b < m; ++b) {
    const int16_t *at = magnitude + band[2 * b];
    const int32_t count = band[2 * b + 1];
    uint32_t sum = 0;
    for (i = 0; i < count; ++i) sum += (uint32_t)((int32_t)at[i] * weight[i]);
    weight += count;
    to[b] = (int32_t)sum;
  }
  (void)n;
}

#ifdef BENCH_HOST
#include "bench_host.h"

static void fill(void *w, int32_t n, int32_t m) {
  int16_t *band = (int16_t *)w, *weight = band + 2 * m;
  int32_t b, i;
  for (b = 0; b < m; ++b) {
    band[2 * b] = (int16_t)bench_mel_first(n, m, b);
    band[2 * b + 1] = (int16_t)bench_mel_count(n, m, b);
    for (i = 0; i < band[2 * b + 1]; ++i)
      *weight++ = (int16_t)lrint(4096.0 * bench_mel_weight(n, m, b, band[2 * b] + i));
  }
}

const struct bench_program bench_mel_s16_program = {
    BENCH_MEL_SHAPE,     .name = "mel_s16",    .title = "mel bands, int16",
    .x_type = BENCH_S16, .w_type = BENCH_S16,  .out_type = BENCH_S32,
    .fill = fill,        .run = bench_mel_s16,
};
#endif
