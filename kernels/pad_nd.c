/* A tensor in the midst of a fill value: the whole output is filled, then the input copied in. */
#include "pad_nd.h"

#ifndef ASSAY_PAD_ND_C
#define ASSAY_PAD_ND_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_pad_nd(const struct assay_pad_nd *p, const void *in, void *out) {
  const uint8_t *x = (const uint8_t *)in + p->in_offset;
  uint8_t *y = (uint8_t *)out;
  int32_t at[ASSAY_LOOPS] = {0};
  const uint32_t fill = (uint32_t)p->fill;
  const int32_t out_bytes = p->out_bytes;
  int32_t from = 0, to = p->out_offset, i;
  if (fill == (fill & 255u) * 0x01010101u)
    memset(y, (int)(fill & 255u), (size_t)out_bytes);
  else
    for (i = 0; i < out_bytes; ++i) y[i] = (uint8_t)(fill >> 8 * (i & 3));
  if (p->run == 0) return;
  do {
    memcpy(y + to, x + from, (size_t)p->run);
  } while (assay_next(at, p->rank, p->loops, &from, &to));
}

#endif
