/* Two integers of up to 32 bits as they are, with broadcasting. */
#include "pair_int.h"

#ifndef ASSAY_PAIR_INT_C
#define ASSAY_PAIR_INT_C

#include "assay_elements.h"
#include "assay_loops.h"
#include "assay_pair.h"

/* Wraps where it overflows; division by zero gives zero. */
ASSAY_INLINE int32_t assay_pair_int_of(int32_t op, int32_t a, int32_t b) {
  switch (op) {
    case ASSAY_ADD:
      return (int32_t)((uint32_t)a + (uint32_t)b);
    case ASSAY_SUB:
      return (int32_t)((uint32_t)a - (uint32_t)b);
    case ASSAY_MUL:
      return (int32_t)((uint32_t)a * (uint32_t)b);
    case ASSAY_DIV:
      return b == 0 ? 0 : (b == -1 ? (int32_t)(0u - (uint32_t)a) : a / b);
    case ASSAY_FLOOR_DIV:
      if (b == 0 || b == -1) return b == 0 ? 0 : (int32_t)(0u - (uint32_t)a);
      return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
    case ASSAY_FLOOR_MOD:
      if (b == 0 || b == -1 || a % b == 0) return 0;
      return a % b + ((a < 0) != (b < 0) ? b : 0);
    case ASSAY_MINIMUM:
      return a < b ? a : b;
    case ASSAY_MAXIMUM:
      return a > b ? a : b;
    case ASSAY_SQUARED_DIFFERENCE:
      return (int32_t)(((uint32_t)a - (uint32_t)b) * ((uint32_t)a - (uint32_t)b));
    case ASSAY_POW: {
      uint32_t power = 1, base = (uint32_t)a;
      if (b < 0) return 0;
      for (; b > 0; b /= 2, base *= base)
        if (b % 2 == 1) power *= base;
      return (int32_t)power;
    }
    case ASSAY_AND:
      return a && b;
    case ASSAY_OR:
      return a || b;
    default:
      return ASSAY_COMPARE(op, a, b);
  }
}

ASSAY_KERNEL void assay_pair_int(const struct assay_pair_int *p, const void *a, const void *b,
                                 void *out) {
  const struct assay_pair_int q = *p;
  int32_t at[ASSAY_LOOPS] = {0};
  int32_t from_a = 0, from_b = 0, to = 0, i;
  if (q.inner == 0) return;
  do {
    for (i = 0; i < q.inner; ++i, ++to) {
      const int32_t x = assay_load(a, q.type, from_a + i * q.a_step);
      const int32_t y = assay_load(b, q.type, from_b + i * q.b_step);
      assay_store(out, q.op < ASSAY_EQUAL ? q.type : ASSAY_U8, to, assay_pair_int_of(q.op, x, y));
    }
  } while (assay_next(at, q.rank, q.loops, &from_a, &from_b));
}

#endif
