/* For kernels that share their loops over several types: names of helpers, and how sums end. A
 * kernel defines ASSAY_K (its name), ASSAY_X (element of the input), ASSAY_SUM (of the sums),
 * ASSAY_W (of the weights), ASSAY_Y (of the output), ASSAY_TAP(x, w) (their product, less zero
 * points) and ASSAY_DONE(p, c, sum) (the sum of channel c as an output), and includes
 * OPERATOR_any.h. */
#ifndef ASSAY_ANY_H
#define ASSAY_ANY_H

#include "assay_kernel.h"

#define ASSAY_JOIN_(a, b) a##b
#define ASSAY_JOIN(a, b) ASSAY_JOIN_(a, b)
#define ASSAY_OF(suffix) ASSAY_JOIN(ASSAY_K, suffix) /* a helper of this kernel */

/* A sum of 64 bits as an int16; `rescale` is a pair: 16-bit multiplier, right shift. */
ASSAY_INLINE int16_t assay_rescale_s16(int64_t sum, const ASSAY_FLASH int32_t *rescale, int32_t min,
                                       int32_t max) {
  const int64_t half = (int64_t)1 << (rescale[1] - 1);
  return (int16_t)assay_clamp((int32_t)((sum * rescale[0] + half) >> rescale[1]), min, max);
}

/* A sum of 32 bits as any type; `rescale` is a pair: multiplier, shift. */
ASSAY_INLINE int32_t assay_rescale_any(int32_t sum, const ASSAY_FLASH int32_t *rescale,
                                       int32_t zero_point, int32_t min, int32_t max) {
  const uint32_t scaled = (uint32_t)assay_multiply(sum, rescale[0], rescale[1]);
  return assay_clamp((int32_t)(scaled + (uint32_t)zero_point), min, max);
}

#endif /* ASSAY_ANY_H */
