#ifndef ASSAY_REDUCE_F32_H
#define ASSAY_REDUCE_F32_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_reduce_f32 {
  int32_t kept, reduced;            /* loops over the outputs, loops of a reduction */
  int32_t inner, inner_step;        /* its innermost loop */
  int32_t op;                       /* 0 sum, 1 product, 2 minimum, 3 maximum, 4 any, 5 all */
  const ASSAY_FLASH int32_t *loops; /* [kept + reduced][3]: count, step in the input, 0 */
};

ASSAY_KERNEL void assay_reduce_f32(const struct assay_reduce_f32 *p, const float *in, float *out);

ASSAY_END_C

#endif
