#ifndef ASSAY_DIV_S8_H
#define ASSAY_DIV_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_div_s8 {
  int32_t inner, a_step, b_step; /* the innermost loop; an input that repeats has step 0 */
  int32_t rank;                  /* loops around it, at most 6 */
  int32_t a_zp, out_zp, multiplier, shift;
  int32_t min, max;
  const ASSAY_FLASH int32_t *loops;   /* [rank][3], outermost first: count, step of a, step of b */
  const ASSAY_FLASH int32_t *inverse; /* [256][2]: of b, by its bits: multiplier, right shift */
};

ASSAY_KERNEL void assay_div_s8(const struct assay_div_s8 *p, const int8_t *a, const int8_t *b,
                               int8_t *out);

ASSAY_END_C

#endif
