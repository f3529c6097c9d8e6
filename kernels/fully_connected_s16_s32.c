/* Rows times a weight matrix of int16 with sums of 32 bits, which wrap, portable. */
#include "fully_connected_s16_s32.h"

#ifndef ASSAY_FULLY_CONNECTED_S16_S32_C
#define ASSAY_FULLY_CONNECTED_S16_S32_C

#define ASSAY_K assay_fully_connected_s16_s32
#define ASSAY_X int16_t
#define ASSAY_W int8_t
#define ASSAY_Y int16_t
#define ASSAY_SUM uint32_t
#define ASSAY_TAP(x, w) ((uint32_t)((int32_t)(x) * (w)))
#define ASSAY_DONE(p, c, sum)                                                         \
  ((int16_t)assay_rescale_any((int32_t)(sum + (p->bias ? (uint32_t)p->bias[c] : 0u)), \
                              p->rescale + c * p->rescale_step, 0, p->out_min, p->out_max))
#include "fully_connected_any.h"

ASSAY_KERNEL void assay_fully_connected_s16_s32(const struct assay_fully_connected_s16_s32 *p,
                                                const int16_t *in, int16_t *out) {
  int32_t i;
  for (i = 0; i < p->rows; ++i) {
    assay_fully_connected_s16_s32_row(p, in, out);
    in += p->depth;
    out += p->units;
  }
}

#endif
