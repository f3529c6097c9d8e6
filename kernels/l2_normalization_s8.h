#ifndef ASSAY_L2_NORMALIZATION_S8_H
#define ASSAY_L2_NORMALIZATION_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_l2_normalization_s8 {
  int32_t rows, depth;
  int32_t zero; /* the input's */
};

ASSAY_KERNEL void assay_l2_normalization_s8(const struct assay_l2_normalization_s8 *p,
                                            const int8_t *in, int8_t *out);

ASSAY_END_C

#endif
