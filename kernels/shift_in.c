/* A queue: the input goes in at the end, what it pushes out at the beginning is gone. */
#include "shift_in.h"

#ifndef ASSAY_SHIFT_IN_C
#define ASSAY_SHIFT_IN_C

ASSAY_KERNEL void assay_shift_in(const struct assay_shift_in *p, const void *in, void *state) {
  uint8_t *y = (uint8_t *)state;
  const int32_t kept = p->all - p->run;
  memmove(y, y + p->run, (size_t)kept);
  memcpy(y + kept, in, (size_t)p->run);
}

#endif
