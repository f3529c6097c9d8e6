/* Depthwise 2-D convolution of float32 by int8 weights, portable: each image's floats are quantised
 * first. */
#include "depthwise_conv_2d_f32_s8.h"

#ifndef ASSAY_DEPTHWISE_CONV_2D_F32_S8_C
#define ASSAY_DEPTHWISE_CONV_2D_F32_S8_C

#define ASSAY_K assay_depthwise_conv_2d_f32_s8
#define ASSAY_X int8_t
#define ASSAY_W int8_t
#define ASSAY_Y float
#define ASSAY_SUM int32_t
#define ASSAY_TAP(x, w) (((int32_t)(x)-p->zero) * (w))
#define ASSAY_DONE ASSAY_HYBRID_DONE
#include "depthwise_conv_2d_any.h"

ASSAY_KERNEL void assay_depthwise_conv_2d_f32_s8(const struct assay_depthwise_conv_2d_f32_s8 *p,
                                                 const float *in, float *out, void *scratch) {
  struct assay_depthwise_conv_2d_f32_s8 one = *p;
  int32_t i;
  for (i = 0; i < p->batches; ++i) {
    assay_quantise_f32(in, p->image, p->asymmetric, (int8_t *)scratch, &one.scale, &one.zero);
    assay_depthwise_conv_2d_f32_s8_image(&one, (const int8_t *)scratch, out);
    in += p->image;
    out += p->out_h * p->out_w * p->in_c * p->multiplier;
  }
}

#endif
