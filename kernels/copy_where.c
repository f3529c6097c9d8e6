/* Overwrites the elements of a dense output where a condition, broadcast as the input, holds. */
#include "copy_where.h"

#ifndef ASSAY_COPY_WHERE_C
#define ASSAY_COPY_WHERE_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_copy_where(const struct assay_copy_where *p, const uint8_t *cond,
                                   const void *in, void *out) {
  const uint8_t *x = (const uint8_t *)in;
  uint8_t *y = (uint8_t *)out;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_cond = 0, from = 0, i;
  if (p->inner == 0) return;
  do {
    for (i = 0; i < p->inner; ++i, y += p->bytes)
      if (cond[from_cond + i * p->cond_step])
        memcpy(y, x + (from + i * p->in_step) * p->bytes, (size_t)p->bytes);
  } while (assay_next(at, p->rank, p->loops, &from_cond, &from));
}

#endif
