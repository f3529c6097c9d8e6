/* Gain by the noise, then x * x / 4 below 2, x - 1 above (per-channel amplitude normalisation). */
#include "signal_pcan.h"

#ifndef ASSAY_SIGNAL_PCAN_C
#define ASSAY_SIGNAL_PCAN_C

#include "assay_bits.h"

ASSAY_INLINE int16_t assay_signal_pcan_gain(const ASSAY_FLASH int16_t *gains, uint32_t x) {
  const int32_t top = assay_top_bit(x);
  const ASSAY_FLASH int16_t *at;
  uint32_t rest, y;
  if (x <= 2) return gains[x];
  at = gains + (4 * top - 6);
  rest = (top < 11 ? x << (11 - top) : x >> (top - 11)) & 0x3ffu;
  y = (uint32_t)(((int32_t)at[2] * (int32_t)rest) >> 5) + ((uint32_t)(int32_t)at[1] << 5);
  y = (uint32_t)((int32_t)(y * rest + ((uint32_t)1 << 14)) >> 15);
  return (int16_t)((int32_t)y + at[0]);
}

ASSAY_KERNEL void assay_signal_pcan(const struct assay_signal_pcan *p, const uint32_t *in,
                                    const uint32_t *noise, uint32_t *out) {
  int32_t i;
  for (i = 0; i < p->channels; ++i) {
    const uint32_t gain = (uint32_t)(int32_t)assay_signal_pcan_gain(p->gains, noise[i]);
    const uint32_t x = (uint32_t)(((uint64_t)in[i] * gain) >> p->shift); /* 12 fractional bits */
    out[i] = x < ((uint32_t)2 << 12) ? (x * x) >> 20 : (x >> 6) - 64u;   /* 6 */
  }
}

#endif
