/* Frames of samples, so many samples late. */
#include "signal_delay.h"

#ifndef ASSAY_SIGNAL_DELAY_C
#define ASSAY_SIGNAL_DELAY_C

ASSAY_KERNEL void assay_signal_delay(const struct assay_signal_delay *p, const int16_t *in,
                                     int16_t *state, int16_t *out) {
  const size_t one = sizeof *in;
  int32_t row;
  for (row = 0; row < p->rows; ++row) {
    if (p->delay < p->frame) {
      const int32_t fresh = p->frame - p->delay;
      memcpy(out, state, (size_t)p->delay * one);
      memcpy(out + p->delay, in, (size_t)fresh * one);
      memcpy(state, in + fresh, (size_t)p->delay * one);
    } else {
      const int32_t kept = p->delay - p->frame;
      memcpy(out, state, (size_t)p->frame * one);
      memmove(state, state + p->frame, (size_t)kept * one);
      memcpy(state + kept, in, (size_t)p->frame * one);
    }
    in += p->frame;
    out += p->frame;
    state += p->delay;
  }
}

#endif
