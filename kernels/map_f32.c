/* A function of one float that needs no library. */
#include "map_f32.h"

#ifndef ASSAY_MAP_F32_C
#define ASSAY_MAP_F32_C

/* The integer part; from 2^23 on floats have no other. */
ASSAY_INLINE float assay_map_f32_floor(float x) {
  const float whole = x > -8388608.0f && x < 8388608.0f ? (float)(int32_t)x : x;
  return whole > x ? whole - 1.0f : whole;
}

ASSAY_INLINE float assay_map_f32_round(float x) { /* half to even */
  const float below = assay_map_f32_floor(x), rest = x - below;
  if (x <= -8388608.0f || x >= 8388608.0f) return x;
  return below + (rest > 0.5f || (rest == 0.5f && ((int32_t)below & 1)) ? 1.0f : 0.0f);
}

ASSAY_INLINE float assay_map_f32_of(int32_t op, float x, float min, float max) {
  switch (op) {
    case 0:
      return x < 0.0f ? -x : x;
    case 1:
      return -x;
    case 2:
      return x * x;
    case 3:
      return assay_map_f32_floor(x);
    case 4:
      return -assay_map_f32_floor(-x);
    case 5:
      return assay_map_f32_round(x);
    case 6:
      return x > 0.0f ? 1.0f : (x < 0.0f ? -1.0f : x);
    default:
      return assay_clamp_f32(x, min, max);
  }
}

ASSAY_KERNEL void assay_map_f32(const struct assay_map_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) out[i] = assay_map_f32_of(p->op, in[i], p->min, p->max);
}

#endif
