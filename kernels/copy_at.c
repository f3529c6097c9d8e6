/* Copies a dense box into a larger tensor, at indices that are brought to where it fits. */
#include "copy_at.h"

#ifndef ASSAY_COPY_AT_C
#define ASSAY_COPY_AT_C

#include "assay_loops.h"

ASSAY_KERNEL void assay_copy_at(const struct assay_copy_at *p, const void *in, const void *indices,
                                void *out) {
  const uint8_t *x = (const uint8_t *)in;
  uint8_t *y = (uint8_t *)out;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from = 0, to = 0, i;
  if (p->run == 0) return;
  for (i = 0; i < p->axes; ++i) {
    const int64_t wanted =
        p->wide ? ((const int64_t *)indices)[i] : (int64_t)((const int32_t *)indices)[i];
    const int32_t most = p->places[2 * i];
    y += (int32_t)(wanted < 0 ? 0 : wanted > most ? most : wanted) * p->places[2 * i + 1];
  }
  do {
    memcpy(y + to, x + from, (size_t)p->run);
  } while (assay_next(at, p->rank, p->loops, &from, &to));
}

#endif
