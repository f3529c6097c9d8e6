/* What the host halves of micro-programs share: sizes in elements, work, and the shapes that a
 * program has in int8, int16 and float32 alike. Each is the host's alone: the target never sees it.
 *
 * A BENCH_..._SHAPE is the part of struct bench_program that does not depend on the type. */
#ifndef ASSAY_BENCH_HOST_H
#define ASSAY_BENCH_HOST_H

#include <math.h>

#include "bench_program.h"

static inline int32_t bench_none(int32_t n, int32_t m) { return 0 * (n + m); }
static inline int32_t bench_one(int32_t n, int32_t m) { return 1 + 0 * (n + m); }
static inline int32_t bench_n(int32_t n, int32_t m) { return n + 0 * m; }
static inline int32_t bench_m(int32_t n, int32_t m) { return m + 0 * n; }
static inline int64_t bench_work_one(int32_t n, int32_t m) { return 1 + 0 * (n + m); }
static inline int64_t bench_work_n(int32_t n, int32_t m) { return n + 0 * m; }
static inline int64_t bench_work_m(int32_t n, int32_t m) { return m + 0 * n; }

/* Dot products: n of x times n of the table. */
#define BENCH_MAC_SHAPE                                                                        \
  .group = "multiply-adds", .unit = "MAC", .memories = BENCH_FLASH | BENCH_RAM | BENCH_OTHERS, \
  .sizes = {{16, 0}, {64, 0}, {250, 0}, {1024, 0}}, .x_offsets = {0}, .x_elements = bench_n,   \
  .w_elements = bench_n, .out_elements = bench_one, .work = bench_work_n

/* m perfect trees of depth n on so many features: two elements a node, one a leaf. */
enum { BENCH_FEATURES = 32 };
static inline int32_t bench_tree_features(int32_t n, int32_t m) {
  return BENCH_FEATURES + 0 * (n + m);
}
static inline int32_t bench_tree_table(int32_t n, int32_t m) {
  return m * (3 * (((int32_t)1 << n) - 1) + 1);
}
static inline int64_t bench_tree_work(int32_t n, int32_t m) { return (int64_t)n * m; }
#define BENCH_TREE_SHAPE                                                                        \
  .group = "trees", .unit = "node", .memories = BENCH_FLASH | BENCH_RAM,                        \
  .sizes = {{3, 40}, {4, 10}, {5, 20}, {6, 10}, {8, 3}}, .x_offsets = {0},                      \
  .x_elements = bench_tree_features, .w_elements = bench_tree_table, .out_elements = bench_one, \
  .work = bench_tree_work

/* Real transforms of n: n / 2 twiddles, n / 2 + 1 complex results. */
static inline int32_t bench_fft_bins(int32_t n, int32_t m) { return n + 2 + 0 * m; }
/* Butterflies of the complex transform. */
static inline int64_t bench_fft_operations(int32_t n, int32_t m) {
  int64_t stages = 0 * m;
  while (((int32_t)2 << stages) < n) ++stages;
  return stages * (n / 4);
}
static inline double bench_fft_angle(int32_t n, int32_t k) {
  return -6.28318530717958647692 * (double)k / (double)n;
}
#define BENCH_FFT_SHAPE                                                                   \
  .group = "signals", .unit = "FFT", .memories = BENCH_FLASH | BENCH_RAM, .by_size = 1,   \
  .sizes = {{256, 0}, {512, 0}, {1024, 0}}, .x_elements = bench_n, .w_elements = bench_n, \
  .out_elements = bench_fft_bins, .work = bench_work_one, .operations = bench_fft_operations

/* The edge between mel bands, as a bin: equal steps of mel = ln(1 + f / 700 Hz) up to 8 kHz. */
static inline double bench_mel_edge(int32_t n, int32_t m, int32_t b) {
  const double mel = log(1.0 + 8000.0 / 700.0) * (double)b / (double)(m + 1);
  return (exp(mel) - 1.0) * 700.0 / 8000.0 * (double)(n - 1);
}
static inline int32_t bench_mel_first(int32_t n, int32_t m, int32_t b) {
  return (int32_t)floor(bench_mel_edge(n, m, b)) + 1;
}
static inline int32_t bench_mel_count(int32_t n, int32_t m, int32_t b) {
  const int32_t first = bench_mel_first(n, m, b);
  const int32_t last = (int32_t)ceil(bench_mel_edge(n, m, b + 2)) - 1;
  return last < first ? 0 : last - first + 1;
}
/* The triangle of band b at a bin. */
static inline double bench_mel_weight(int32_t n, int32_t m, int32_t b, int32_t bin) {
  const double low = bench_mel_edge(n, m, b), top = bench_mel_edge(n, m, b + 1);
  const double high = bench_mel_edge(n, m, b + 2), at = (double)bin;
  return at < top ? (at - low) / (top - low) : (high - at) / (high - top);
}
/* First bin and count of each band, then all weights. */
static inline int32_t bench_mel_table(int32_t n, int32_t m) {
  int32_t elements = 2 * m, b;
  for (b = 0; b < m; ++b) elements += bench_mel_count(n, m, b);
  return elements;
}
/* Weights. */
static inline int64_t bench_mel_operations(int32_t n, int32_t m) {
  return bench_mel_table(n, m) - 2 * m;
}
#define BENCH_MEL_SHAPE                                                                            \
  .group = "signals", .unit = "band", .memories = BENCH_FLASH | BENCH_RAM,                         \
  .sizes = {{129, 20}, {257, 20}, {257, 40}, {513, 40}, {513, 80}}, .x_offsets = {0},              \
  .w_offsets = {0}, .x_elements = bench_n, .w_elements = bench_mel_table, .out_elements = bench_m, \
  .work = bench_work_m, .operations = bench_mel_operations

#endif
