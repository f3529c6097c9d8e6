/* Half precision to float; no unit for it is needed. */
#include "dequantize_f16.h"

#ifndef ASSAY_DEQUANTIZE_F16_C
#define ASSAY_DEQUANTIZE_F16_C

ASSAY_KERNEL void assay_dequantize_f16(const struct assay_dequantize_f16 *p, const void *in,
                                       float *out) {
  const uint8_t *x = (const uint8_t *)in;
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const uint32_t half = (uint32_t)x[2 * i] | ((uint32_t)x[2 * i + 1] << 8);
    const uint32_t exponent = (half >> 10) & 31u, fraction = half & 1023u;
    uint32_t bits = (half & 0x8000u) << 16;
    float value;
    if (exponent == 0) { /* subnormal: fraction * 2^-24 */
      value = (float)(int32_t)fraction * 5.9604644775390625e-8f;
      out[i] = bits ? -value : value;
      continue;
    }
    bits |= (exponent == 31 ? (uint32_t)255 << 23 : (exponent + 112u) << 23) | fraction << 13;
    memcpy(&value, &bits, sizeof value);
    out[i] = value;
  }
}

#endif
