/* For kernels of float activations and int8 weights: an image's floats become int8 first. */
#ifndef ASSAY_HYBRID_H
#define ASSAY_HYBRID_H

#include "assay_any.h"

/* The nearest integer, halves away from zero, of a number far inside int32; a NaN gives 0. */
ASSAY_INLINE int32_t assay_nearest(float x) {
  int32_t q = 0;
  if (x == x) {
    float rest;
    q = (int32_t)x;
    rest = x - (float)q;
    if (rest >= 0.5f) ++q;
    if (rest <= -0.5f) --q;
  }
  return q;
}

/* `count` floats as int8 in `out`: x is about (q - *zero) * *scale. */
ASSAY_INLINE void assay_quantise_f32(const float *in, int32_t count, int32_t asymmetric,
                                     int8_t *out, float *scale, int32_t *zero) {
  float low = in[0], high = in[0], inverse;
  int32_t i;
  for (i = 1; i < count; ++i) {
    if (in[i] < low) low = in[i];
    if (in[i] > high) high = in[i];
  }
  *scale = 1.0f;
  *zero = 0;
  if (asymmetric) {
    const float min = low < 0.0f ? low : 0.0f, max = high > 0.0f ? high : 0.0f;
    double step, at;
    if (min == max) {
      memset(out, 0, (size_t)count);
      return;
    }
    *scale = (max - min) / 255.0f;
    step = (double)*scale;
    at = 128 - min / step < 127 + max / step ? -128 - min / step : 127 - max / step;
    at = at < -128 ? -128 : (at > 127 ? 127 : at);
    *zero = (int32_t)(at < 0 ? at - 0.5 : at + 0.5);
    inverse = (float)(1 / step);
  } else {
    const float range = -low > high ? -low : high;
    if (range == 0.0f) {
      memset(out, 0, (size_t)count);
      return;
    }
    *scale = range / 127.0f;
    inverse = 127.0f / range;
  }
  for (i = 0; i < count; ++i) {
    const int32_t q = assay_nearest((float)*zero + in[i] * inverse);
    out[i] = (int8_t)assay_clamp(q, asymmetric ? -128 : -127, 127);
  }
}

/* The members of every such kernel's parameters after its shape. `zero` and `scale` are the
 * kernel's own. */
#define ASSAY_HYBRID_PARAMS                                                     \
  int32_t image, asymmetric, scale_step, zero;                                  \
  float scale, min, max;                                                        \
  const ASSAY_FLASH int8_t *weights; /* in TFLite's order */                    \
  const ASSAY_FLASH float *scales;   /* of the weights: one or one a channel */ \
  const ASSAY_FLASH float *bias;     /* or null */

/* The end of a sum: its scales' product, or, of conv_2d with a scale a channel, one after the
 * other, as TFLite has it: a last bit decides how the next such layer rounds. */
#define ASSAY_HYBRID_DONE(p, c, sum) \
  ASSAY_HYBRID_END(p, c, (float)(sum) * (p->scales[c * p->scale_step] * p->scale))
#define ASSAY_HYBRID_CONV_DONE(p, c, sum)                               \
  ASSAY_HYBRID_END(p, c,                                                \
                   p->scale_step ? (float)(sum)*p->scales[c] * p->scale \
                                 : (float)(sum) * (p->scales[0] * p->scale))
#define ASSAY_HYBRID_END(p, c, x) \
  assay_clamp_f32((x) + (p->bias ? p->bias[c] : 0.0f), p->min, p->max)

#endif /* ASSAY_HYBRID_H */
