/* Products of matrices of int16 with sums of 64 bits, portable. */
#include "batch_matmul_s16.h"

#ifndef ASSAY_BATCH_MATMUL_S16_C
#define ASSAY_BATCH_MATMUL_S16_C

#define ASSAY_K assay_batch_matmul_s16
#define ASSAY_X int16_t
#define ASSAY_SUM int64_t
#define ASSAY_TAP(x, w) ((int32_t)(x) * (w))
#define ASSAY_DONE(p, c, sum) assay_rescale_s16(sum, p->rescale, -32768, 32767)
#include "batch_matmul_any.h"

#endif
