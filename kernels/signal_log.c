/* Natural logarithms, times a scale, by a table of log2 and lines between its entries. */
#include "signal_log.h"

#ifndef ASSAY_SIGNAL_LOG_C
#define ASSAY_SIGNAL_LOG_C

#include "assay_bits.h"

ASSAY_INLINE uint32_t assay_signal_log_of(const ASSAY_FLASH uint16_t *table, uint32_t x,
                                          uint32_t scale) {
  const int32_t whole = assay_top_bit(x) - 1;
  const uint32_t above = x - ((uint32_t)1 << whole);
  const uint32_t part = whole < 16 ? above << (16 - whole) : above >> (whole - 16);
  const uint32_t at = part >> 9;
  const int32_t low = table[at], high = table[at + 1u];
  const int32_t between = ((high - low) * (int32_t)(part - (at << 9))) >> 16;
  const uint32_t log2 = ((uint32_t)whole << 16) + part + (uint32_t)low + (uint32_t)between;
  const uint32_t loge = (uint32_t)(((uint64_t)45426u * log2 + 32768u) >> 16);
  return (scale * loge + 32768u) >> 16;
}

ASSAY_KERNEL void assay_signal_log(const struct assay_signal_log *p, const uint32_t *in,
                                   int16_t *out) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const uint32_t x = in[i] << p->bits;
    const uint32_t y = x > 1u ? assay_signal_log_of(p->table, x, (uint32_t)p->scale) : 0u;
    out[i] = (int16_t)(y < 32767u ? y : 32767u);
  }
}

#endif
