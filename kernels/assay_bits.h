/* Bit positions. */
#ifndef ASSAY_BITS_H
#define ASSAY_BITS_H

#include "assay_kernel.h"

/* The highest bit set, counted from 1; 32 for 0, as in TFLM. */
ASSAY_INLINE int32_t assay_top_bit(uint32_t x) {
  int32_t top = 0;
  if (x == 0) return 32;
  for (; x != 0; x >>= 1) ++top;
  return top;
}

#endif /* ASSAY_BITS_H */
