/* Elements of the integer types up to 32 bits, by a number that tells the type. */
#ifndef ASSAY_ELEMENTS_H
#define ASSAY_ELEMENTS_H

#include "assay_kernel.h"

#define ASSAY_S8 0
#define ASSAY_U8 1 /* and booleans */
#define ASSAY_S16 2
#define ASSAY_S32 3

ASSAY_INLINE int32_t assay_element(const void *from, int32_t type, int32_t i) {
  switch (type) {
    case ASSAY_S8:
      return ((const int8_t *)from)[i];
    case ASSAY_U8:
      return ((const uint8_t *)from)[i];
    case ASSAY_S16:
      return ((const int16_t *)from)[i];
    default:
      return ((const int32_t *)from)[i];
  }
}

/* The low bits of `value`. */
ASSAY_INLINE void assay_set_element(void *to, int32_t type, int32_t i, int32_t value) {
  if (type == ASSAY_S32)
    ((int32_t *)to)[i] = value;
  else if (type == ASSAY_S16)
    ((int16_t *)to)[i] = (int16_t)value;
  else
    ((uint8_t *)to)[i] = (uint8_t)value;
}

#endif /* ASSAY_ELEMENTS_H */
