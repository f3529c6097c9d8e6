/* Largest element of a sliding window of uint8. */
#include "max_pool_2d_u8.h"

#ifndef ASSAY_MAX_POOL_2D_U8_C
#define ASSAY_MAX_POOL_2D_U8_C

#define ASSAY_K assay_max_pool_2d_u8
#define ASSAY_X uint8_t
#define ASSAY_LOWEST (0)
#include "max_pool_2d_any.h"
#endif
