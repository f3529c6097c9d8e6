#ifndef ASSAY_PUT_H
#define ASSAY_PUT_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_put {
  int32_t count;
  const ASSAY_FLASH uint8_t *bytes; /* [count] */
};

ASSAY_KERNEL void assay_put(const struct assay_put *p, void *out);

ASSAY_END_C

#endif
