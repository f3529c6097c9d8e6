/* Integers of up to 24 bits to float. */
#include "dequantize_int.h"

#ifndef ASSAY_DEQUANTIZE_INT_C
#define ASSAY_DEQUANTIZE_INT_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_dequantize_int(const struct assay_dequantize_int *p, const void *in,
                                       float *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i)
    out[i] = p->scale * (float)(assay_element(in, p->type, i) - p->zero_point);
}

#endif
