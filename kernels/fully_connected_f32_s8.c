/* Rows times a weight matrix of float32 by int8 weights, portable: each image's floats are
 * quantised first. */
#include "fully_connected_f32_s8.h"

#ifndef ASSAY_FULLY_CONNECTED_F32_S8_C
#define ASSAY_FULLY_CONNECTED_F32_S8_C

#define ASSAY_K assay_fully_connected_f32_s8
#define ASSAY_X int8_t
#define ASSAY_W int8_t
#define ASSAY_Y float
#define ASSAY_SUM int32_t
#define ASSAY_TAP(x, w) (((int32_t)(x)-p->zero) * (w))
#define ASSAY_DONE ASSAY_HYBRID_DONE
#include "fully_connected_any.h"

ASSAY_KERNEL void assay_fully_connected_f32_s8(const struct assay_fully_connected_f32_s8 *p,
                                               const float *in, float *out, void *scratch) {
  struct assay_fully_connected_f32_s8 one = *p;
  int32_t i;
  for (i = 0; i < p->rows; ++i) {
    assay_quantise_f32(in, p->image, p->asymmetric, (int8_t *)scratch, &one.scale, &one.zero);
    assay_fully_connected_f32_s8_row(&one, (const int8_t *)scratch, out);
    in += p->image;
    out += p->units;
  }
}

#endif
