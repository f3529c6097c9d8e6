/* Products of matrices of float32, portable. */
#include "batch_matmul_f32.h"

#ifndef ASSAY_BATCH_MATMUL_F32_C
#define ASSAY_BATCH_MATMUL_F32_C

#define ASSAY_K assay_batch_matmul_f32
#define ASSAY_X float
#define ASSAY_SUM float
#define ASSAY_TAP(x, w) ((x) * (w))
#define ASSAY_DONE(p, c, sum) (sum)
#include "batch_matmul_any.h"

#endif
