/* Largest element of a sliding window of int16. */
#include "max_pool_2d_s16.h"

#ifndef ASSAY_MAX_POOL_2D_S16_C
#define ASSAY_MAX_POOL_2D_S16_C

#define ASSAY_K assay_max_pool_2d_s16
#define ASSAY_X int16_t
#define ASSAY_LOWEST (-32768)
#include "max_pool_2d_any.h"
#endif
