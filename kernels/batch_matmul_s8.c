/* Products of matrices of int8, portable. */
#include "batch_matmul_s8.h"

#ifndef ASSAY_BATCH_MATMUL_S8_C
#define ASSAY_BATCH_MATMUL_S8_C

#define ASSAY_K assay_batch_matmul_s8
#define ASSAY_X int8_t
#define ASSAY_SUM uint32_t
#define ASSAY_TAP(x, w) ((uint32_t)(((int32_t)(x)-p->a_zp) * ((int32_t)(w)-p->b_zp)))
#define ASSAY_DONE(p, c, sum) \
  ((int8_t)assay_rescale_any((int32_t)(sum), p->rescale, p->out_zp, -128, 127))
#include "batch_matmul_any.h"

#endif
