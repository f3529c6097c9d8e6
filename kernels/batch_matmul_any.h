/* Products of matrices over types (assay_any.h), in loops over batches; steps tell how each matrix
 * lies, so that none is transposed. */
#include "assay_any.h"
#include "assay_loops.h"

#ifdef ASSAY_K
ASSAY_KERNEL void ASSAY_K(const struct ASSAY_K *p, const ASSAY_X *a, const ASSAY_X *b,
                          ASSAY_X *out) {
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, row, column, i;
  do {
    for (row = 0; row < p->rows; ++row) {
      for (column = 0; column < p->columns; ++column) {
        const ASSAY_X *x = a + from_a + row * p->a_row, *w = b + from_b + column * p->b_column;
        ASSAY_SUM sum = 0;
        for (i = 0; i < p->depth; ++i, x += p->a_step, w += p->b_step) sum += ASSAY_TAP(*x, *w);
        *out++ = ASSAY_DONE(p, column, sum);
      }
    }
  } while (assay_next(at, p->rank, p->loops, &from_a, &from_b));
}

#undef ASSAY_K
#undef ASSAY_X
#undef ASSAY_SUM
#undef ASSAY_TAP
#undef ASSAY_DONE

#endif /* ASSAY_K */
