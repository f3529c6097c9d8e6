#ifndef ASSAY_CONV_INTEGER_S8_H
#define ASSAY_CONV_INTEGER_S8_H

#include "assay_any.h"

ASSAY_BEGIN_C

struct assay_conv_integer_s8 {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t k_h, k_w, k_c; /* the filter; in_c / k_c groups */
  int32_t stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t w_zero, zero;              /* `zero` is the kernel's own */
  const ASSAY_FLASH int8_t *weights; /* [out_c][k_h][k_w][k_c] */
};

ASSAY_KERNEL void assay_conv_integer_s8(const struct assay_conv_integer_s8 *p, const int8_t *in,
                                        const int8_t *zero, int32_t *out);

ASSAY_END_C

#endif
