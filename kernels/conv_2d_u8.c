/* 2-D convolution of uint8 whose weights have a zero point, portable. */
#include "conv_2d_u8.h"

#ifndef ASSAY_CONV_2D_U8_C
#define ASSAY_CONV_2D_U8_C

#define ASSAY_K assay_conv_2d_u8
#define ASSAY_X uint8_t
#define ASSAY_W uint8_t
#define ASSAY_Y uint8_t
#define ASSAY_SUM uint32_t
#define ASSAY_TAP(x, w) ((uint32_t)(((int32_t)(x)-p->in_zp) * ((int32_t)(w)-p->w_zp)))
#define ASSAY_DONE(p, c, sum)                                                          \
  ((uint8_t)assay_rescale_any((int32_t)(sum + (p->bias ? (uint32_t)p->bias[c] : 0u)),  \
                              p->rescale + c * p->rescale_step, p->out_zp, p->out_min, \
                              p->out_max))
#include "conv_2d_any.h"

ASSAY_KERNEL void assay_conv_2d_u8(const struct assay_conv_2d_u8 *p, const uint8_t *in,
                                   uint8_t *out) {
  int32_t i;
  for (i = 0; i < p->batches; ++i) {
    assay_conv_2d_u8_image(p, in, out);
    in += p->in_h * p->in_w * p->in_c;
    out += p->out_h * p->out_w * p->out_c;
  }
}

#endif
