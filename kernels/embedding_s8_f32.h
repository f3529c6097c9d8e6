#ifndef ASSAY_EMBEDDING_S8_F32_H
#define ASSAY_EMBEDDING_S8_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_embedding_s8_f32 {
  int32_t rows, count, depth; /* table [rows][depth], indices [count] */
  int32_t type;               /* of indices: assay_elements.h, or 4 for 64 bits */
  float scale;
};

ASSAY_KERNEL void assay_embedding_s8_f32(const struct assay_embedding_s8_f32 *p,
                                         const void *indices, const int8_t *table, float *out);

ASSAY_END_C

#endif
