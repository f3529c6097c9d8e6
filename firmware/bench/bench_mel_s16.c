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
#include <math.h>

/* The edge between bands, as a bin: equal steps of mel = ln(1 + f / 700 Hz) up to 8 kHz. */
static double edge(int32_t n, int32_t m, int32_t b) {
  const double mel = log(1.0 + 8000.0 / 700.0) * (double)b / (double)(m + 1);
  return (exp(mel) - 1.0) * 700.0 / 8000.0 * (double)(n - 1);
}

static int32_t first(int32_t n, int32_t m, int32_t b) { return (int32_t)floor(edge(n, m, b)) + 1; }

static int32_t count(int32_t n, int32_t m, int32_t b) {
  const int32_t last = (int32_t)ceil(edge(n, m, b + 2)) - 1;
  return last < first(n, m, b) ? 0 : last - first(n, m, b) + 1;
}

static int32_t table(int32_t n, int32_t m) {
  int32_t elements = 2 * m, b;
  for (b = 0; b < m; ++b) elements += count(n, m, b);
  return elements;
}

static void fill(void *w, int32_t n, int32_t m) {
  int16_t *band = (int16_t *)w, *weight = band + 2 * m;
  int32_t b, i;
  for (b = 0; b < m; ++b) {
    const double low = edge(n, m, b), top = edge(n, m, b + 1), high = edge(n, m, b + 2);
    band[2 * b] = (int16_t)first(n, m, b);
    band[2 * b + 1] = (int16_t)count(n, m, b);
    for (i = 0; i < band[2 * b + 1]; ++i) {
      const double at = (double)(band[2 * b] + i);
      const double part = at < top ? (at - low) / (top - low) : (high - at) / (high - top);
      *weight++ = (int16_t)lrint(4096.0 * part);
    }
  }
}

static int32_t bins(int32_t n, int32_t m) { return n + 0 * m; }
static int32_t bands(int32_t n, int32_t m) { return m + 0 * n; }
static int64_t work(int32_t n, int32_t m) { return m + 0 * n; }

/* Weights. */
static int64_t operations(int32_t n, int32_t m) { return table(n, m) - 2 * m; }

const struct bench_program bench_mel_s16_program = {
    .name = "mel_s16",
    .group = "signals",
    .title = "mel bands, int16",
    .unit = "band",
    .x_type = BENCH_S16,
    .w_type = BENCH_S16,
    .out_type = BENCH_S32,
    .memories = BENCH_FLASH | BENCH_RAM,
    .sizes = {{129, 20}, {257, 20}, {257, 40}, {513, 40}, {513, 80}},
    .x_offsets = {0},
    .w_offsets = {0},
    .x_elements = bins,
    .w_elements = table,
    .out_elements = bands,
    .work = work,
    .operations = operations,
    .fill = fill,
    .run = bench_mel_s16,
};
#endif
