/* x times the normal distribution's share below x. */
#include "gelu_f32.h"

#ifndef ASSAY_GELU_F32_C
#define ASSAY_GELU_F32_C

#include <math.h>

#ifdef __AVR__
/* avr-libc has no erfcf: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26, within
 * 1.5e-7. */
ASSAY_INLINE float assay_gelu_f32_erfc(float x) {
  const float size = fabsf(x), t = 1.0f / (1.0f + 0.3275911f * size);
  const float above =
      t *
      (0.254829592f +
       t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f)))) *
      expf(-size * size);
  return x < 0.0f ? 2.0f - above : above;
}
#else
ASSAY_INLINE float assay_gelu_f32_erfc(float x) { return erfcf(x); }
#endif

ASSAY_KERNEL void assay_gelu_f32(const struct assay_gelu_f32 *p, const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float x = in[i];
    out[i] = 0.5f * x * assay_gelu_f32_erfc(x * -0.70710678118654752440f);
  }
}

#endif
