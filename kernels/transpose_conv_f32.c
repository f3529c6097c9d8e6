/* Transposed 2-D convolution of float32, portable. */
#include "transpose_conv_f32.h"

#ifndef ASSAY_TRANSPOSE_CONV_F32_C
#define ASSAY_TRANSPOSE_CONV_F32_C

#define ASSAY_K assay_transpose_conv_f32
#define ASSAY_X float
#define ASSAY_W float
#define ASSAY_Y float
#define ASSAY_SUM float
#define ASSAY_TAP(x, w) ((x) * (w))
#define ASSAY_DONE(p, c, sum) assay_clamp_f32(sum + (p->bias ? p->bias[c] : 0.0f), p->min, p->max)
#include "transpose_conv_any.h"

ASSAY_KERNEL void assay_transpose_conv_f32(const struct assay_transpose_conv_f32 *p,
                                           const float *in, float *out) {
  int32_t i;
  for (i = 0; i < p->batches; ++i) {
    assay_transpose_conv_f32_image(p, in, out);
    in += p->in_h * p->in_w * p->in_c;
    out += p->out_h * p->out_w * p->out_c;
  }
}

#endif
