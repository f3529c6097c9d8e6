/* log(softmax) along rows of int8, in sixteenths, with a table of exponentials as softmax_s8 has.
 */
#include "log_softmax_s8.h"

#ifndef ASSAY_LOG_SOFTMAX_S8_C
#define ASSAY_LOG_SOFTMAX_S8_C

#include "assay_reciprocal.h"

ASSAY_INLINE int32_t assay_rounded_right(int32_t x, int32_t by) {
  const int32_t mask = (int32_t)(((uint32_t)1 << by) - 1u), rest = x & mask;
  return (x >> by) + (rest > (mask >> 1) + (x < 0 ? 1 : 0) ? 1 : 0);
}

/* x * 2^by for x >= 0, or the largest number. */
ASSAY_INLINE int32_t assay_log_shl(int32_t x, int32_t by) {
  return x > (0x7fffffff >> by) ? 0x7fffffff : (int32_t)((uint32_t)x << by);
}

ASSAY_INLINE int32_t assay_log_zeros(int32_t x) { /* above the first one, of x > 0 */
  int32_t zeros = 0;
  while ((x & 0x40000000) == 0) {
    x = (int32_t)((uint32_t)x << 1);
    ++zeros;
  }
  return zeros + 1;
}

/* log(x) for x >= 1 with 12 integer bits, as a number with 5: x is brought near to the root of the
 * root of 1/2 by halves of powers of two, and a fraction of polynomials does the rest. */
ASSAY_INLINE int32_t assay_log(int32_t x) {
  const int32_t root = 1805811301, half_root = 1518500250, quarter = 8388608;
  const int32_t zeros = assay_log_zeros(x);
  const int32_t lower = assay_high_mul(x, half_root);
  const int32_t lower_zeros = assay_log_zeros(lower) - 1;
  const int32_t a = assay_log_shl(assay_high_mul(assay_log_shl(x, zeros - 1), half_root), 1);
  const int32_t b = assay_log_shl(x, lower_zeros);
  const int32_t power_a = (12 - zeros) * ((int32_t)1 << 25) + quarter;
  const int32_t power_b = (12 - lower_zeros) * ((int32_t)1 << 25) - quarter;
  const int32_t r = a < b ? a : b, power = power_a > power_b ? power_a : power_b;
  const int32_t p = (int32_t)(((int64_t)r + root + 1) / 2), q = (r - root) * 2;
  const int32_t square = assay_high_mul(q, q);
  const int32_t above = assay_high_mul(q, r) + assay_high_mul(assay_high_mul(q, square), 117049297);
  const int32_t below = assay_high_mul(p, 1057819769 + q + assay_high_mul(127690142, square)) +
                        assay_high_mul(638450708, q);
  const int32_t rest = assay_high_mul(assay_rounded_right(above, 6), assay_reciprocal(below));
  const int32_t sum = assay_high_mul(power, 1488522236) + rest;
  return sum > 0x3fffffff ? 0x7fffffff : sum * 2;
}

ASSAY_KERNEL void assay_log_softmax_s8(const struct assay_log_softmax_s8 *p, const int8_t *in,
                                       int8_t *out) {
  const int32_t depth = p->depth;
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, in += depth, out += depth) {
    int32_t largest = -128, sum = 0, log_sum, least;
    for (i = 0; i < depth; ++i)
      if (in[i] > largest) largest = in[i];
    for (i = 0; i < depth; ++i)
      if (in[i] - largest >= p->least) sum += p->exponential[largest - in[i]];
    log_sum = assay_log(sum);
    least = assay_multiply(log_sum + (-0x7fffffff - 1), p->reverse, p->back_shift);
    if (least < p->least - 1) least = p->least - 1;
    for (i = 0; i < depth; ++i) {
      const int32_t distance = in[i] - largest;
      int32_t y = -128;
      if (distance > least) {
        y = assay_multiply(distance, p->multiplier, p->shift) - log_sum;
        y = assay_clamp(assay_rounded_right(y, 22) + 127, -128, 127);
      }
      out[i] = (int8_t)y;
    }
  }
}

#endif
