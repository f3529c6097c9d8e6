/* Bilinear resizing of int8, in TFLite's 10-bit fractions. */
#include "resize_bilinear_s8.h"

#ifndef ASSAY_RESIZE_BILINEAR_S8_C
#define ASSAY_RESIZE_BILINEAR_S8_C

#define ASSAY_K assay_resize_bilinear_s8
#define ASSAY_X int8_t
#define ASSAY_SUM int32_t
#include "resize_bilinear_any.h"

#endif
