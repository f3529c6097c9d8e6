#ifndef ASSAY_ADD_N_S8_H
#define ASSAY_ADD_N_S8_H

#include "assay_kernel.h"

ASSAY_BEGIN_C

struct assay_add_n_s8 {
  int32_t count;
  int32_t first, last;   /* the sum begins, ends here */
  int32_t start;         /* of the sum */
  int32_t zero;          /* the inputs' */
  int32_t factor, shift; /* sums of 19 fractional bits to the output's scale */
  int32_t out_zero;
};

ASSAY_KERNEL void assay_add_n_s8(const struct assay_add_n_s8 *p, const int8_t *in, int8_t *out,
                                 void *scratch);

ASSAY_END_C

#endif
