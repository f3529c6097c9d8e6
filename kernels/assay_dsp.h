/* The instructions of Armv7E-M and Armv8-M's DSP extension that the kernels use, and the same in C
 * for machines without them, so that a host can test every kernel.
 *
 * Assembly rather than arm_acle.h: GCC 12 does not merge the rotation into SXTB16 and has no
 * SMMULR. Little-endian only. Word loads may be unaligned; LDRD wants 4-byte alignment. */
#ifndef ASSAY_DSP_H
#define ASSAY_DSP_H

#include "assay_kernel.h"

#if defined(__GNUC__) && defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#define ASSAY_HAS_DSP 1
#else
#define ASSAY_HAS_DSP 0
#endif

ASSAY_INLINE uint32_t assay_load(const void *at) {
  uint32_t word;
  memcpy(&word, at, 4);
  return word;
}

ASSAY_INLINE void assay_store(void *at, uint32_t word) { memcpy(at, &word, 4); }

#if ASSAY_HAS_DSP

/* Two halves as halfwords: low, high. */
ASSAY_INLINE uint32_t assay_pair(int32_t low, int32_t high) {
  uint32_t r;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(low), "r"(high));
  return r;
}

/* Bytes 0 and 2, sign-extended to halfwords. */
ASSAY_INLINE uint32_t assay_sxtb16(uint32_t x) {
  uint32_t r;
  __asm__("sxtb16 %0, %1" : "=r"(r) : "r"(x));
  return r;
}

/* Bytes 1 and 3, sign-extended to halfwords. */
ASSAY_INLINE uint32_t assay_sxtb16_ror8(uint32_t x) {
  uint32_t r;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(x));
  return r;
}

/* Sum plus both products of halfwords, of bottom by top, of top by bottom. */
ASSAY_INLINE int32_t assay_smlad(uint32_t x, uint32_t y, int32_t sum) {
  __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(y));
  return sum;
}

ASSAY_INLINE int32_t assay_smlabt(uint32_t x, uint32_t y, int32_t sum) {
  __asm__("smlabt %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(y));
  return sum;
}

ASSAY_INLINE int32_t assay_smlatb(uint32_t x, uint32_t y, int32_t sum) {
  __asm__("smlatb %0, %1, %2, %0" : "+r"(sum) : "r"(x), "r"(y));
  return sum;
}

/* The sum of 64 bits plus both products of halfwords. */
ASSAY_INLINE int64_t assay_smlald(uint32_t x, uint32_t y, int64_t sum) {
  __asm__("smlald %Q0, %R0, %1, %2" : "+r"(sum) : "r"(x), "r"(y));
  return sum;
}

/* round(x * y / 2^32), ties upwards. */
ASSAY_INLINE int32_t assay_smmulr(int32_t x, int32_t y) {
  int32_t r;
  __asm__("smmulr %0, %1, %2" : "=r"(r) : "r"(x), "r"(y));
  return r;
}

/* floor(x / 2), saturated to int8. */
ASSAY_INLINE int32_t assay_ssat8_asr1(int32_t x) {
  int32_t r;
  __asm__("ssat %0, #8, %1, asr #1" : "=r"(r) : "r"(x) : "cc");
  return r;
}

#else

ASSAY_INLINE uint32_t assay_pair(int32_t low, int32_t high) {
  return ((uint32_t)low & 0xffffu) | (uint32_t)high << 16;
}

ASSAY_INLINE int32_t assay_low_half(uint32_t x) { return (int16_t)(uint16_t)(x & 0xffffu); }
ASSAY_INLINE int32_t assay_high_half(uint32_t x) { return (int16_t)(uint16_t)(x >> 16); }

ASSAY_INLINE uint32_t assay_sxtb16(uint32_t x) {
  const uint32_t low = x & 0xffu, high = (x >> 16) & 0xffu;
  return (((low ^ 0x80u) - 0x80u) & 0xffffu) | ((high ^ 0x80u) - 0x80u) << 16;
}

ASSAY_INLINE uint32_t assay_sxtb16_ror8(uint32_t x) { return assay_sxtb16(x >> 8); }

ASSAY_INLINE int32_t assay_smlad(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_low_half(x) * assay_low_half(y) + assay_high_half(x) * assay_high_half(y);
}

ASSAY_INLINE int64_t assay_smlald(uint32_t x, uint32_t y, int64_t sum) {
  return sum + (int64_t)assay_low_half(x) * assay_low_half(y) +
         (int64_t)assay_high_half(x) * assay_high_half(y);
}

ASSAY_INLINE int32_t assay_smlabt(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_low_half(x) * assay_high_half(y);
}

ASSAY_INLINE int32_t assay_smlatb(uint32_t x, uint32_t y, int32_t sum) {
  return sum + assay_high_half(x) * assay_low_half(y);
}

ASSAY_INLINE int32_t assay_smmulr(int32_t x, int32_t y) {
  return (int32_t)(((int64_t)x * y + ((int64_t)1 << 31)) >> 32);
}

ASSAY_INLINE int32_t assay_ssat8_asr1(int32_t x) { return assay_clamp(x >> 1, -128, 127); }

#endif

/* How accumulators become elements of the output, for factors below 1/2 and |sum| < 2^30. Copied
 * from a kernel's parameters, so that stores of int8_t, which may alias them, do not reload them.
 */
struct assay_range {
  int32_t offset; /* 1 + 2 * the output's zero point */
  int32_t min, max;
  int32_t clamps; /* whether min and max are narrower than int8 */
};

ASSAY_INLINE struct assay_range assay_range_of(int32_t offset, int32_t min, int32_t max) {
  struct assay_range range;
  range.offset = offset;
  range.min = min;
  range.max = max;
  range.clamps = min > -128 || max < 127;
  return range;
}

/* SMMULR(2 * sum, multiplier) is the high multiplication of assay_multiply. Of the right shift by
 * n = shift + 1, ties away from zero, (r + (r >> 31) + 2^(n - 1)) >> n, the last bit is done
 * together with the zero point and the saturation. */
ASSAY_INLINE int8_t assay_rescale_s8_dsp(int32_t sum, int32_t multiplier, int32_t shift,
                                         struct assay_range range) {
  const int32_t r = assay_smmulr(sum * 2, multiplier);
  int32_t x = assay_ssat8_asr1(((r + (r >> 31)) >> shift) + range.offset);
  if (range.clamps) x = assay_clamp(x, range.min, range.max);
  return (int8_t)x;
}

#endif /* ASSAY_DSP_H */
