/* What every kernel is written with: how it is defined, and fixed-point arithmetic.
 *
 * ASSAY_KERNEL stands before every kernel. By default the kernel is a function of its own file,
 * shared by all layers; `static inline` and always-inline, it becomes part of each layer that calls
 * it, and the compiler specialises it to that layer's constant parameters. README.md has the rules.
 *
 * Kernels begin at multiples of 16 bytes: where a loop stands in a line of flash decides what it
 * waits, and so that does not change with whatever else is linked.
 */
#ifndef ASSAY_KERNEL_H
#define ASSAY_KERNEL_H

#include <stdint.h>
#include <string.h>

#ifndef ASSAY_KERNEL
#if defined(__GNUC__) && !defined(__AVR__) /* no lines, no waits */
#define ASSAY_KERNEL __attribute__((aligned(16)))
#else
#define ASSAY_KERNEL
#endif
#endif

/* Where a model's constants stand, if that is an address space of its own: program memory on AVR,
 * whose loads are other instructions. A layer's parameters stand there too, and the layer hands its
 * kernel a copy on the stack. Everywhere else neither makes a difference. */
#if defined(__AVR__) && !defined(__cplusplus)
#define ASSAY_FLASH __flash
#define ASSAY_PARAMS(kernel, constant) ((const struct kernel[1]){constant})
#else
#define ASSAY_FLASH
#define ASSAY_PARAMS(kernel, constant) (&(constant))
#endif

#if defined(__GNUC__)
#define ASSAY_INLINE static inline __attribute__((always_inline))
#else
#define ASSAY_INLINE static inline
#endif

#ifdef __cplusplus
#define ASSAY_BEGIN_C extern "C" {
#define ASSAY_END_C }
#else
#define ASSAY_BEGIN_C
#define ASSAY_END_C
#endif

/* round(x * multiplier / 2^31), ties upwards; of either sign, but not both INT32_MIN. */
ASSAY_INLINE int32_t assay_high_mul(int32_t x, int32_t multiplier) {
  return (int32_t)(((int64_t)x * multiplier + ((int64_t)1 << 30)) >> 31);
}

/* x * multiplier * 2^(shift - 31): a left shift before, or a right shift after the multiplication,
 * which rounds once more, ties away from zero. */
ASSAY_INLINE int32_t assay_multiply(int32_t x, int32_t multiplier, int32_t shift) {
  int32_t right = 0, r, mask, rest;
  if (shift > 0)
    x = (int32_t)((uint32_t)x << shift);
  else
    right = -shift;
  r = assay_high_mul(x, multiplier);
  mask = (int32_t)(((uint32_t)1 << right) - 1u);
  rest = r & mask;
  return (r >> right) + (rest > (mask >> 1) + (r < 0 ? 1 : 0) ? 1 : 0);
}

ASSAY_INLINE int32_t assay_clamp(int32_t x, int32_t min, int32_t max) {
  return x < min ? min : (x > max ? max : x);
}

/* An accumulator as an element of the output. `rescale` is a pair: multiplier, shift. */
ASSAY_INLINE int8_t assay_rescale_s8(int32_t sum, const ASSAY_FLASH int32_t *rescale,
                                     int32_t zero_point, int32_t min, int32_t max) {
  const uint32_t scaled = (uint32_t)assay_multiply(sum, rescale[0], rescale[1]);
  return (int8_t)assay_clamp((int32_t)(scaled + (uint32_t)zero_point), min, max);
}

/* As TFLite's reference: a NaN stays one. */
ASSAY_INLINE float assay_clamp_f32(float x, float min, float max) {
  const float low = x < min ? min : x;
  return low > max ? max : low;
}

#endif /* ASSAY_KERNEL_H */
