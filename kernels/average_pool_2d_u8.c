/* Mean of a sliding window of uint8, rounded half away from zero; padding does not count. */
#include "average_pool_2d_u8.h"

#ifndef ASSAY_AVERAGE_POOL_2D_U8_C
#define ASSAY_AVERAGE_POOL_2D_U8_C

#define ASSAY_K assay_average_pool_2d_u8
#define ASSAY_X uint8_t
#include "average_pool_2d_any.h"
#endif
