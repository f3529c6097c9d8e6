#ifndef ASSAY_LUT_8_H
#define ASSAY_LUT_8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_lut_8 {
  int32_t count;
  const ASSAY_FLASH uint8_t *table; /* [256] */
};

ASSAY_KERNEL void assay_lut_8(const struct assay_lut_8 *p, const void *in, void *out);

ASSAY_END_C

#endif
