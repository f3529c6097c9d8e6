/* Transposed 2-D convolution of int8, portable. */
#include "transpose_conv_s8.h"

#ifndef ASSAY_TRANSPOSE_CONV_S8_C
#define ASSAY_TRANSPOSE_CONV_S8_C

#define ASSAY_K assay_transpose_conv_s8
#define ASSAY_X int8_t
#define ASSAY_W int8_t
#define ASSAY_Y int8_t
#define ASSAY_SUM uint32_t
#define ASSAY_TAP(x, w) ((uint32_t)(((int32_t)(x)-p->in_zp) * (w)))
#define ASSAY_DONE(p, c, sum)                                                        \
  ((int8_t)assay_rescale_any((int32_t)(sum + (p->bias ? (uint32_t)p->bias[c] : 0u)), \
                             p->rescale + c * p->rescale_step, p->out_zp, p->out_min, p->out_max))
#include "transpose_conv_any.h"

ASSAY_KERNEL void assay_transpose_conv_s8(const struct assay_transpose_conv_s8 *p, const int8_t *in,
                                          int8_t *out) {
  int32_t i;
  for (i = 0; i < p->batches; ++i) {
    assay_transpose_conv_s8_image(p, in, out);
    in += p->in_h * p->in_w * p->in_c;
    out += p->out_h * p->out_w * p->out_c;
  }
}

#endif
