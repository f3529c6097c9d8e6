/* Two 64-bit integers, with broadcasting. */
#include "pair_s64.h"

#ifndef ASSAY_PAIR_S64_C
#define ASSAY_PAIR_S64_C

#include "assay_elements.h"
#include "assay_loops.h"
#include "assay_pair.h"

#define ASSAY_K assay_pair_s64_of
#define ASSAY_INT int64_t
#define ASSAY_BITS uint64_t
#include "pair_any.h"

ASSAY_KERNEL void assay_pair_s64(const struct assay_pair_s64 *p, const void *a, const void *b,
                                 void *out) {
  const struct assay_pair_s64 q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const int64_t x = ((const int64_t *)a)[from_a + i * q.a_step];
      const int64_t y = ((const int64_t *)b)[from_b + i * q.b_step];
      const int64_t z = assay_pair_s64_of(q.op, x, y);
      if (q.op < ASSAY_EQUAL)
        ((int64_t *)out)[to] = z;
      else
        ((uint8_t *)out)[to] = (uint8_t)z;
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
