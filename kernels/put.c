/* A constant, byte by byte. */
#include "put.h"

#ifndef ASSAY_PUT_C
#define ASSAY_PUT_C

ASSAY_KERNEL void assay_put(const struct assay_put *p, void *out) {
  uint8_t *y = (uint8_t *)out;
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = p->bytes[i];
}

#endif
