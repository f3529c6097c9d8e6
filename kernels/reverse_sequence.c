/* The first elements of each sequence in reverse, as many as its length says. */
#include "reverse_sequence.h"

#ifndef ASSAY_REVERSE_SEQUENCE_C
#define ASSAY_REVERSE_SEQUENCE_C

ASSAY_KERNEL void assay_reverse_sequence(const struct assay_reverse_sequence *p, const void *in,
                                         const void *lengths, void *out) {
  const uint8_t *x = (const uint8_t *)in;
  uint8_t *y = (uint8_t *)out;
  int32_t o, a, m, b;
  for (o = 0; o < p->outer; ++o, x += p->first * p->middle * p->second * p->run)
    for (a = 0; a < p->first; ++a)
      for (m = 0; m < p->middle; ++m)
        for (b = 0; b < p->second; ++b, y += p->run) {
          const int32_t of = p->turns_first ? b : a, at = p->turns_first ? a : b;
          const int64_t length =
              p->wide ? ((const int64_t *)lengths)[of] : (int64_t)((const int32_t *)lengths)[of];
          const int32_t extent = p->turns_first ? p->first : p->second;
          const int32_t last = (int32_t)(length > extent ? extent : length) - 1;
          const int32_t from = at <= last ? last - at : at;
          const int32_t i = p->turns_first ? from : a, j = p->turns_first ? b : from;
          memcpy(y, x + ((i * p->middle + m) * p->second + j) * p->run, (size_t)p->run);
        }
}

#endif
