/* 2-D convolution of int16 with sums of 32 bits, which wrap, portable. */
#include "conv_2d_s16_s32.h"

#ifndef ASSAY_CONV_2D_S16_S32_C
#define ASSAY_CONV_2D_S16_S32_C

#define ASSAY_K assay_conv_2d_s16_s32
#define ASSAY_X int16_t
#define ASSAY_W int8_t
#define ASSAY_Y int16_t
#define ASSAY_SUM uint32_t
#define ASSAY_TAP(x, w) ((uint32_t)((int32_t)(x) * (w)))
#define ASSAY_DONE(p, c, sum)                                                         \
  ((int16_t)assay_rescale_any((int32_t)(sum + (p->bias ? (uint32_t)p->bias[c] : 0u)), \
                              p->rescale + c * p->rescale_step, 0, p->out_min, p->out_max))
#include "conv_2d_any.h"

ASSAY_KERNEL void assay_conv_2d_s16_s32(const struct assay_conv_2d_s16_s32 *p, const int16_t *in,
                                        int16_t *out) {
  int32_t i;
  for (i = 0; i < p->batches; ++i) {
    assay_conv_2d_s16_s32_image(p, in, out);
    in += p->in_h * p->in_w * p->in_c;
    out += p->out_h * p->out_w * p->out_c;
  }
}

#endif
