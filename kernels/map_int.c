/* A function of one integer as it is. */
#include "map_int.h"

#ifndef ASSAY_MAP_INT_C
#define ASSAY_MAP_INT_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_map_int(const struct assay_map_int *p, const void *in, void *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const int64_t x = p->type == 4 ? ((const int64_t *)in)[i] : assay_element(in, p->type, i);
    const uint64_t bits = (uint64_t)x;
    int64_t y;
    if (p->op == 0)
      y = x < 0 ? (int64_t)(0u - bits) : x;
    else if (p->op == 1)
      y = (int64_t)(0u - bits);
    else if (p->op == 2)
      y = (int64_t)(bits * bits);
    else if (p->op == 6)
      y = x > 0 ? 1 : (x < 0 ? -1 : 0);
    else
      y = x == 0;
    if (p->type == 4)
      ((int64_t *)out)[i] = y;
    else
      assay_set_element(out, p->type, i, (int32_t)y);
  }
}

#endif
