/* Floats as int8 over their own range, which is widened to hold 0: in is about
 * (out - zero) * scale. A NaN counts as no number and becomes the zero point. */
#include "dynamic_quantize_f32.h"

#ifndef ASSAY_DYNAMIC_QUANTIZE_F32_C
#define ASSAY_DYNAMIC_QUANTIZE_F32_C

/* The nearest integer, halves to the even one, of a number far inside 2^22: the float that is 2^23
 * times one and a half greater has no room for a fraction. */
ASSAY_INLINE int32_t assay_dynamic_quantize_f32_nearest(float x) {
  const volatile float whole = x + 12582912.0f;
  return (int32_t)(whole - 12582912.0f);
}

ASSAY_KERNEL void assay_dynamic_quantize_f32(const struct assay_dynamic_quantize_f32 *p,
                                             const float *in, int8_t *out, float *scale,
                                             int8_t *zero) {
  const int32_t count = p->count;
  float low = 0.0f, high = 0.0f, step, at;
  int32_t i, origin;
  for (i = 0; i < count; ++i) {
    if (in[i] < low) low = in[i];
    if (in[i] > high) high = in[i];
  }
  step = low == high ? 1.0f : (high - low) / 255.0f;
  at = -low / step; /* the zero point as a number from 0 to 255 */
  at = at < 255.0f ? at : 255.0f;
  origin = assay_dynamic_quantize_f32_nearest(at >= 0.0f ? at : 0.0f);
  low = -(float)origin;
  high = 255.0f - (float)origin;
  for (i = 0; i < count; ++i) {
    float x = in[i] / step;
    if (x != x) x = 0.0f;
    x = assay_clamp_f32(x, low, high);
    out[i] = (int8_t)(assay_dynamic_quantize_f32_nearest(x) + origin - 128);
  }
  *scale = step;
  *zero = (int8_t)(origin - 128);
}

#endif
