/* Overlapping frames added up to a stream again. */
#include "signal_overlap_add_s16.h"

#ifndef ASSAY_SIGNAL_OVERLAP_ADD_S16_C
#define ASSAY_SIGNAL_OVERLAP_ADD_S16_C

ASSAY_KERNEL void assay_signal_overlap_add_s16(const struct assay_signal_overlap_add_s16 *p,
                                               const int16_t *in, int16_t *state, int16_t *out) {
  const size_t one = sizeof *in;
  const int32_t kept = p->size - p->step;
  int32_t row, frame, i;
  for (row = 0; row < p->rows; ++row, state += p->size)
    for (frame = 0; frame < p->frames; ++frame, in += p->size, out += p->step) {
      for (i = 0; i < p->size; ++i)
        state[i] = (int16_t)assay_clamp((int32_t)in[i] + state[i], -32768, 32767);
      memcpy(out, state, (size_t)p->step * one);
      memmove(state, state + p->step, (size_t)kept * one);
      memset(state + kept, 0, (size_t)p->step * one);
    }
}

#endif
