/* Square roots, digit by digit, then shifted right by as many bits as an input says. */
#include "signal_square_root.h"

#ifndef ASSAY_SIGNAL_SQUARE_ROOT_C
#define ASSAY_SIGNAL_SQUARE_ROOT_C

#include "assay_bits.h"

/* Rounded, as in TFLM: numbers that fit 32 bits never beyond 0xffff. */
ASSAY_INLINE uint32_t assay_signal_square_root_of(uint64_t x) {
  const uint32_t high = (uint32_t)(x >> 32);
  const uint64_t most = high ? 0xffffffffu : 0xffffu;
  const int32_t top = high ? 32 + assay_top_bit(high) : assay_top_bit((uint32_t)x);
  uint64_t root = 0, bit = (uint64_t)1 << ((top - 1) & ~1);
  if (x == 0) return 0;
  for (; bit != 0; bit >>= 2) {
    if (x >= root + bit) {
      x -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  if (x > root && root != most) ++root;
  return (uint32_t)root;
}

ASSAY_KERNEL void assay_signal_square_root(const struct assay_signal_square_root *p,
                                           const uint64_t *in, const int32_t *bits, uint32_t *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) out[i] = assay_signal_square_root_of(in[i]) >> *bits;
}

#endif
