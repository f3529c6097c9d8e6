/* Bilinear resizing of int16, in TFLite's 10-bit fractions. */
#include "resize_bilinear_s16.h"

#ifndef ASSAY_RESIZE_BILINEAR_S16_C
#define ASSAY_RESIZE_BILINEAR_S16_C

#define ASSAY_K assay_resize_bilinear_s16
#define ASSAY_X int16_t
#define ASSAY_SUM int64_t
#include "resize_bilinear_any.h"

#endif
