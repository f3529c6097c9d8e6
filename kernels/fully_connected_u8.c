/* Rows times a weight matrix of uint8 whose weights have a zero point, portable. */
#include "fully_connected_u8.h"

#ifndef ASSAY_FULLY_CONNECTED_U8_C
#define ASSAY_FULLY_CONNECTED_U8_C

#define ASSAY_K assay_fully_connected_u8
#define ASSAY_X uint8_t
#define ASSAY_W uint8_t
#define ASSAY_Y uint8_t
#define ASSAY_SUM uint32_t
#define ASSAY_TAP(x, w) ((uint32_t)(((int32_t)(x)-p->in_zp) * ((int32_t)(w)-p->w_zp)))
#define ASSAY_DONE(p, c, sum)                                                          \
  ((uint8_t)assay_rescale_any((int32_t)(sum + (p->bias ? (uint32_t)p->bias[c] : 0u)),  \
                              p->rescale + c * p->rescale_step, p->out_zp, p->out_min, \
                              p->out_max))
#include "fully_connected_any.h"

ASSAY_KERNEL void assay_fully_connected_u8(const struct assay_fully_connected_u8 *p,
                                           const uint8_t *in, uint8_t *out) {
  int32_t i;
  for (i = 0; i < p->rows; ++i) {
    assay_fully_connected_u8_row(p, in, out);
    in += p->depth;
    out += p->units;
  }
}

#endif
