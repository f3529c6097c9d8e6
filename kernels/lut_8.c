/* Any function of one 8-bit element: a table of its 256 results, by the bits of the input. */
#include "lut_8.h"

#ifndef ASSAY_LUT_8_C
#define ASSAY_LUT_8_C

ASSAY_KERNEL void assay_lut_8(const struct assay_lut_8 *p, const void *in, void *out) {
  const uint8_t *x = (const uint8_t *)in;
  const ASSAY_FLASH uint8_t *table = p->table;
  uint8_t *y = (uint8_t *)out;
  int32_t count = p->count;
  for (; count > 0; --count) *y++ = table[*x++];
}

#endif
