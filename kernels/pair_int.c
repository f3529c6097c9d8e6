/* Two integers of up to 32 bits as they are, with broadcasting. */
#include "pair_int.h"

#ifndef ASSAY_PAIR_INT_C
#define ASSAY_PAIR_INT_C

#include "assay_elements.h"
#include "assay_loops.h"
#include "assay_pair.h"

#define ASSAY_K assay_pair_int_of
#define ASSAY_INT int32_t
#define ASSAY_BITS uint32_t
#include "pair_any.h"

ASSAY_KERNEL void assay_pair_int(const struct assay_pair_int *p, const void *a, const void *b,
                                 void *out) {
  const struct assay_pair_int q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const int32_t x = assay_element(a, q.type, from_a + i * q.a_step);
      const int32_t y = assay_element(b, q.type, from_b + i * q.b_step);
      assay_set_element(out, q.op < ASSAY_EQUAL ? q.type : ASSAY_U8, to,
                        assay_pair_int_of(q.op, x, y));
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
