/* Rows of an int8 table by their numbers, as floats; a number out of range reads the nearest row.
 */
#include "embedding_s8_f32.h"

#ifndef ASSAY_EMBEDDING_S8_F32_C
#define ASSAY_EMBEDDING_S8_F32_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_embedding_s8_f32(const struct assay_embedding_s8_f32 *p,
                                         const void *indices, const int8_t *table, float *out) {
  int32_t i, k;
  for (i = 0; i < p->count; ++i) {
    const int64_t wanted =
        p->type == 4 ? ((const int64_t *)indices)[i] : assay_element(indices, p->type, i);
    const int64_t row = wanted < 0 ? 0 : (wanted >= p->rows ? p->rows - 1 : wanted);
    const int8_t *from = table + (int32_t)row * p->depth;
    for (k = 0; k < p->depth; ++k) *out++ = (float)from[k] * p->scale;
  }
}

#endif
