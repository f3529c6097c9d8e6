/* A nest of loops whose depth is data. */
#ifndef ASSAY_LOOPS_H
#define ASSAY_LOOPS_H

#include "assay_kernel.h"

#define ASSAY_LOOPS 6 /* the deepest */

/* Goes on to the next turn of `rank` loops [count, step of a, step of b], outermost first; `at`
 * counts, from zeros. Returns 0 after the last turn. */
ASSAY_INLINE int assay_next(int32_t *at, int32_t rank, const ASSAY_FLASH int32_t *loops, int32_t *a,
                            int32_t *b) {
  int32_t i;
  for (i = rank - 1; i >= 0; --i) {
    const ASSAY_FLASH int32_t *loop = loops + 3 * i;
    *a += loop[1];
    *b += loop[2];
    if (++at[i] < loop[0]) return 1;
    *a -= loop[0] * loop[1];
    *b -= loop[0] * loop[2];
    at[i] = 0;
  }
  return 0;
}

#endif /* ASSAY_LOOPS_H */
