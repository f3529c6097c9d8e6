/* Elements of one type as those of another: floats lose their fraction, integers their high bits.
 */
#include "cast.h"

#ifndef ASSAY_CAST_C
#define ASSAY_CAST_C

#include "assay_elements.h"

ASSAY_KERNEL void assay_cast(const struct assay_cast *p, const void *in, void *out) {
  const int32_t from = p->from == 6 ? ASSAY_U8 : p->from;
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float f = from == 5 ? ((const float *)in)[i] : 0.0f;
    int64_t x;
    if (from == 5) /* beyond 64 bits, and not a number, nothing is defined */
      x = f > -9.2e18f && f < 9.2e18f ? (int64_t)f : 0;
    else
      x = from == 4   ? ((const int64_t *)in)[i]
          : from == 7 ? (int64_t)((const uint32_t *)in)[i]
                      : assay_element(in, from, i);
    if (p->to == 6)
      ((uint8_t *)out)[i] = (uint8_t)(from == 5 ? f != 0.0f : x != 0);
    else if (p->to == 5)
      ((float *)out)[i] = from == 5 ? f : (float)x;
    else if (p->to == 4)
      ((int64_t *)out)[i] = x;
    else if (p->to == 7)
      ((uint32_t *)out)[i] = (uint32_t)x;
    else
      assay_set_element(out, p->to, i, (int32_t)x);
  }
}

#endif
