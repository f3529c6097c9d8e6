/* Overlapping frames of a stream of samples. `held`: samples in the state beyond the zeros that it
 * began with. Frames that the stream is too short for are 0. */
#include "signal_framer.h"

#ifndef ASSAY_SIGNAL_FRAMER_C
#define ASSAY_SIGNAL_FRAMER_C

ASSAY_KERNEL void assay_signal_framer(const struct assay_signal_framer *p, const int16_t *in,
                                      int16_t *state, int32_t *held, int16_t *out, uint8_t *valid) {
  const size_t one = sizeof *in;
  int32_t row, frame, have = 0;
  *valid = 1;
  for (row = 0; row < p->rows; ++row, state += p->capacity) {
    have = *held + p->prefill;
    for (frame = 0; frame < p->frames; ++frame, in += p->step, out += p->size) {
      memcpy(state + have, in, (size_t)p->step * one);
      have += p->step;
      if (have < p->size) {
        memset(out, 0, (size_t)p->size * one);
        *valid = 0;
        continue;
      }
      memcpy(out, state, (size_t)p->size * one);
      have -= p->step;
      memmove(state, state + p->step, (size_t)have * one);
    }
  }
  *held = have - p->prefill;
}

#endif
