/* Overlapping frames added up to a stream again. */
#include "signal_overlap_add_f32.h"

#ifndef ASSAY_SIGNAL_OVERLAP_ADD_F32_C
#define ASSAY_SIGNAL_OVERLAP_ADD_F32_C

ASSAY_KERNEL void assay_signal_overlap_add_f32(const struct assay_signal_overlap_add_f32 *p,
                                               const float *in, float *state, float *out) {
  const size_t one = sizeof *in;
  const int32_t kept = p->size - p->step;
  int32_t row, frame, i;
  for (row = 0; row < p->rows; ++row, state += p->size)
    for (frame = 0; frame < p->frames; ++frame, in += p->size, out += p->step) {
      for (i = 0; i < p->size; ++i) state[i] = state[i] + in[i];
      memcpy(out, state, (size_t)p->step * one);
      memmove(state, state + p->step, (size_t)kept * one);
      memset(state + kept, 0, (size_t)p->step * one);
    }
}

#endif
