/* Softmax along rows of int8. */
#include "softmax_s8.h"

#ifndef ASSAY_SOFTMAX_S8_C
#define ASSAY_SOFTMAX_S8_C

#define ASSAY_K assay_softmax_s8
#define ASSAY_Y int8_t
#define ASSAY_BITS 8
#include "softmax_s8_any.h"
#endif
