/* Rows times a weight matrix of int16 with sums of 64 bits, portable. */
#include "fully_connected_s16.h"

#ifndef ASSAY_FULLY_CONNECTED_S16_C
#define ASSAY_FULLY_CONNECTED_S16_C

#define ASSAY_K assay_fully_connected_s16
#define ASSAY_X int16_t
#define ASSAY_W int8_t
#define ASSAY_Y int16_t
#define ASSAY_SUM int64_t
#define ASSAY_TAP(x, w) ((int32_t)(x) * (w))
#define ASSAY_DONE(p, c, sum)                                                           \
  assay_rescale_s16(sum + (p->bias ? p->bias[c] : 0), p->rescale + c * p->rescale_step, \
                    p->out_min, p->out_max)
#include "fully_connected_any.h"

ASSAY_KERNEL void assay_fully_connected_s16(const struct assay_fully_connected_s16 *p,
                                            const int16_t *in, int16_t *out) {
  int32_t i;
  for (i = 0; i < p->rows; ++i) {
    assay_fully_connected_s16_row(p, in, out);
    in += p->depth;
    out += p->units;
  }
}

#endif
