/* Moves elements: runs of bytes within loops with any steps. */
#include "copy_nd.h"

#ifndef ASSAY_COPY_ND_C
#define ASSAY_COPY_ND_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_copy_nd(const struct assay_copy_nd *p, const void *in, void *out) {
  const uint8_t *x = (const uint8_t *)in + p->in_offset;
  uint8_t *y = (uint8_t *)out + p->out_offset;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from = 0, to = 0;
  if (p->run == 0) return;
  do {
    if (p->run == 1)
      y[to] = x[from];
    else
      memcpy(y + to, x + from, (size_t)p->run);
  } while (assay_next(at, p->rank, p->loops, &from, &to));
}

#endif
