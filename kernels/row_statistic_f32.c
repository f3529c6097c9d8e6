/* One number for each row. */
#include "row_statistic_f32.h"

#ifndef ASSAY_ROW_STATISTIC_F32_C
#define ASSAY_ROW_STATISTIC_F32_C

#include <math.h>

ASSAY_INLINE float assay_row_mean_f32(const float *x, int32_t n) {
  float sum = 0.0f;
  int32_t i;
  for (i = 0; i < n; ++i) sum += x[i];
  return sum / (float)n;
}

/* The mean of (x - centre)^2. */
ASSAY_INLINE float assay_row_power_f32(const float *x, int32_t n, float centre) {
  float sum = 0.0f;
  int32_t i;
  for (i = 0; i < n; ++i) sum += (x[i] - centre) * (x[i] - centre);
  return sum / (float)n;
}

ASSAY_INLINE float assay_row_extreme_f32(const float *x, int32_t n, int32_t is_max) {
  float found = x[0];
  int32_t i;
  for (i = 1; i < n; ++i)
    if (is_max ? found < x[i] : x[i] < found) found = x[i];
  return found;
}

ASSAY_INLINE float assay_row_crossings_f32(const float *x, int32_t n) {
  int32_t i, crossings = 0;
  for (i = 1; i < n; ++i) crossings += (x[i - 1] < 0.0f) != (x[i] < 0.0f);
  return (float)crossings;
}

/* Lets x[at] sink to its place in a heap of n. */
ASSAY_INLINE void assay_row_sink_f32(float *x, int32_t at, int32_t n) {
  const float value = x[at];
  int32_t child;
  for (; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && x[child] < x[child + 1]) ++child;
    if (!(value < x[child])) break;
    x[at] = x[child];
  }
  x[at] = value;
}

ASSAY_INLINE float assay_row_percentile_f32(const float *row, int32_t n, float position, float *x) {
  const int32_t rank = (int32_t)position;
  int32_t i;
  float low, high;
  memcpy(x, row, (size_t)n * sizeof *x);
  for (i = n / 2 - 1; i >= 0; --i) assay_row_sink_f32(x, i, n);
  for (i = n - 1; i > 0; --i) { /* the heap's largest to its end */
    const float largest = x[0];
    x[0] = x[i];
    x[i] = largest;
    assay_row_sink_f32(x, 0, i);
  }
  low = x[rank];
  high = rank + 1 < n ? x[rank + 1] : low;
  return low + (high - low) * (position - (float)rank);
}

ASSAY_KERNEL void assay_row_statistic_f32(const struct assay_row_statistic_f32 *p, const float *in,
                                          float *out, void *scratch) {
  const int32_t n = p->depth;
  int32_t row;
  for (row = 0; row < p->rows; ++row, in += n) {
    switch (p->kind) {
      case ASSAY_MEAN:
        out[row] = assay_row_mean_f32(in, n);
        break;
      case ASSAY_RMS:
        out[row] = sqrtf(assay_row_power_f32(in, n, 0.0f));
        break;
      case ASSAY_STD:
        out[row] = sqrtf(assay_row_power_f32(in, n, assay_row_mean_f32(in, n)));
        break;
      case ASSAY_MIN:
      case ASSAY_MAX:
        out[row] = assay_row_extreme_f32(in, n, p->kind == ASSAY_MAX);
        break;
      case ASSAY_ZERO_CROSSINGS:
        out[row] = assay_row_crossings_f32(in, n);
        break;
      default:
        out[row] = assay_row_percentile_f32(in, n, p->position, (float *)scratch);
        break;
    }
  }
}

#endif
