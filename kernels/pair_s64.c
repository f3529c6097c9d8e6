/* Two 64-bit integers, with broadcasting. */
#include "pair_s64.h"

#ifndef ASSAY_PAIR_S64_C
#define ASSAY_PAIR_S64_C

#include "assay_elements.h"
#include "assay_loops.h"
#include "assay_pair.h"

/* Wraps where it overflows; division by zero gives zero. */
ASSAY_INLINE int64_t assay_pair_s64_of(int32_t op, int64_t a, int64_t b) {
  switch (op) {
    case ASSAY_ADD:
      return (int64_t)((uint64_t)a + (uint64_t)b);
    case ASSAY_SUB:
      return (int64_t)((uint64_t)a - (uint64_t)b);
    case ASSAY_MUL:
      return (int64_t)((uint64_t)a * (uint64_t)b);
    case ASSAY_DIV:
      return b == 0 ? 0 : (b == -1 ? (int64_t)(0u - (uint64_t)a) : a / b);
    case ASSAY_FLOOR_DIV:
      if (b == 0 || b == -1) return b == 0 ? 0 : (int64_t)(0u - (uint64_t)a);
      return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
    case ASSAY_FLOOR_MOD:
      if (b == 0 || b == -1 || a % b == 0) return 0;
      return a % b + ((a < 0) != (b < 0) ? b : 0);
    case ASSAY_MINIMUM:
      return a < b ? a : b;
    case ASSAY_MAXIMUM:
      return a > b ? a : b;
    case ASSAY_SQUARED_DIFFERENCE:
      return (int64_t)(((uint64_t)a - (uint64_t)b) * ((uint64_t)a - (uint64_t)b));
    case ASSAY_POW: {
      uint64_t power = 1, base = (uint64_t)a;
      if (b < 0) return 0;
      for (; b > 0; b /= 2, base *= base)
        if (b % 2 == 1) power *= base;
      return (int64_t)power;
    }
    case ASSAY_AND:
      return a && b;
    case ASSAY_OR:
      return a || b;
    default:
      return ASSAY_COMPARE(op, a, b);
  }
}

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
