/* The last frames side by side. `held`: frames in the state, and one more; 0 before the first.
 * Output that lacks frames is 0. */
#include "signal_stacker.h"

#ifndef ASSAY_SIGNAL_STACKER_C
#define ASSAY_SIGNAL_STACKER_C

ASSAY_KERNEL void assay_signal_stacker(const struct assay_signal_stacker *p, const int16_t *in,
                                       int16_t *state, int32_t *held, int16_t *out,
                                       uint8_t *valid) {
  const size_t one = (size_t)p->channels * sizeof *in;
  int32_t have = *held - 1, copies = 1, i;
  if (have < 0) {
    have = 0;
    copies += p->left;
  }
  for (i = 0; i < copies; ++i, ++have) memcpy(state + have * p->channels, in, one);
  *valid = have >= p->frames;
  if (*valid) {
    memcpy(out, state, (size_t)p->frames * one);
    have -= p->step;
    memmove(state, state + p->step * p->channels, (size_t)have * one);
  } else {
    memset(out, 0, (size_t)p->frames * one);
  }
  *held = have + 1;
}

#endif
