/* Softmax along rows of int8 to int16. */
#include "softmax_s8_s16.h"

#ifndef ASSAY_SOFTMAX_S8_S16_C
#define ASSAY_SOFTMAX_S8_S16_C

#define ASSAY_K assay_softmax_s8_s16
#define ASSAY_Y int16_t
#define ASSAY_BITS 16
#include "softmax_s8_any.h"
#endif
