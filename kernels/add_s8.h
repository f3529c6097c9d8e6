#ifndef ASSAY_ADD_S8_H
#define ASSAY_ADD_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_add_s8 {
  int32_t inner, a_step, b_step; /* the innermost loop; an input that repeats has step 0 */
  int32_t rank;                  /* loops around it, at most 6 */
  int32_t a_factor,
      a_offset; /* a, of the larger scale: brought to the common one by a power of 2 */
  int32_t b_zp, b_multiplier, b_right, b_sign;
  int32_t out_zp, out_multiplier, out_right;
  int32_t min, max;
  const ASSAY_FLASH int32_t *loops; /* [rank][3], outermost first: count, step of a, step of b */
};

ASSAY_KERNEL void assay_add_s8(const struct assay_add_s8 *p, const int8_t *a, const int8_t *b,
                               int8_t *out);

ASSAY_END_C

#endif
