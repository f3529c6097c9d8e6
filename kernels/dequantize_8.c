/* int8 or uint8 to float. A uint8 is an int8 with the top bit flipped, its zero point 128 lower. */
#include "dequantize_8.h"

#ifndef ASSAY_DEQUANTIZE_8_C
#define ASSAY_DEQUANTIZE_8_C

ASSAY_KERNEL void assay_dequantize_8(const struct assay_dequantize_8 *p, const void *in,
                                     float *out) {
  const uint8_t *x = (const uint8_t *)in;
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const int32_t bits = x[i] ^ p->flip;
    const int32_t q = bits < 128 ? bits : bits - 256;
    out[i] = p->scale * (float)(q - p->zero_point);
  }
}

#endif
