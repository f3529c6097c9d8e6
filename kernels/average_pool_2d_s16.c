/* Mean of a sliding window of int16, rounded half away from zero; padding does not count. */
#include "average_pool_2d_s16.h"

#ifndef ASSAY_AVERAGE_POOL_2D_S16_C
#define ASSAY_AVERAGE_POOL_2D_S16_C

#define ASSAY_K assay_average_pool_2d_s16
#define ASSAY_X int16_t
#include "average_pool_2d_any.h"
#endif
