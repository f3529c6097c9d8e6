/* 2-D convolution of int8 by int8 as int32, portable; both have a zero point, the image's known
 * only as the model runs. */
#include "conv_integer_s8.h"

#ifndef ASSAY_CONV_INTEGER_S8_C
#define ASSAY_CONV_INTEGER_S8_C

#define ASSAY_K assay_conv_integer_s8
#define ASSAY_X int8_t
#define ASSAY_W int8_t
#define ASSAY_Y int32_t
#define ASSAY_SUM int32_t
#define ASSAY_TAP(x, w) (((int32_t)(x)-p->zero) * ((int32_t)(w)-p->w_zero))
#define ASSAY_DONE(p, c, sum) (sum)
#include "conv_2d_any.h"

ASSAY_KERNEL void assay_conv_integer_s8(const struct assay_conv_integer_s8 *p, const int8_t *in,
                                        const int8_t *zero, int32_t *out) {
  struct assay_conv_integer_s8 one = *p;
  int32_t i;
  one.zero = *zero;
  for (i = 0; i < p->batches; ++i) {
    assay_conv_integer_s8_image(&one, in, out);
    in += p->in_h * p->in_w * p->in_c;
    out += p->out_h * p->out_w * p->out_c;
  }
}

#endif
