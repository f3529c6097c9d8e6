// gemmlowp's fixed-point exp, logistic and tanh, to the bit.
//
// exp: the fraction below 1/4 by a Taylor polynomial around -1/8, each remaining bit by one
// multiplication with a constant. 1/(1+x): three Newton-Raphson steps from 48/17 - 32/17 d. The
// order of the roundings is the definition: models' bytes depend on it. Only 32-bit raw values.
// Source: gemmlowp, fixedpoint/fixedpoint.h (exp_on_negative_values,
// one_over_one_plus_x_for_x_in_0_1, logistic, tanh).
#include "ops/fixed_point.h"

#include <array>
#include <bit>
#include <limits>

#include "ops/requantise.h"

namespace assay {
namespace {

constexpr int32_t kOne = std::numeric_limits<int32_t>::max();  // 1 with 0 integer bits
constexpr int32_t kOneOfTwoBits = 1 << 29;                     // 1 with 2 integer bits

int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
int32_t wrapping_sub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}

int32_t saturating_shift_left(int32_t x, int bits) {
  const int64_t shifted = static_cast<int64_t>(x) * (int64_t{1} << bits);
  if (shifted > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
  if (shifted < std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::min();
  return static_cast<int32_t>(shifted);
}

/// exp(a) for a in [-1/4, 0), 0 integer bits.
int32_t exp_below_a_quarter(int32_t a) {
  constexpr int32_t kExpMinusEighth = 1895147668;
  constexpr int32_t kOneThird = 715827883;
  const int32_t x = wrapping_add(a, 1 << 28);
  const int32_t x2 = doubling_high_mul(x, x);
  const int32_t x3 = doubling_high_mul(x2, x);
  const int32_t x4_over_4 = rounding_divide_by_pot(doubling_high_mul(x2, x2), 2);
  const int32_t tail = rounding_divide_by_pot(
      wrapping_add(doubling_high_mul(wrapping_add(x4_over_4, x3), kOneThird), x2), 1);
  return wrapping_add(kExpMinusEighth, doubling_high_mul(kExpMinusEighth, wrapping_add(x, tail)));
}

/// 2 / (1 + a) for a in [0, 1] (0 integer bits), with 2 integer bits.
int32_t two_over_one_plus(int32_t a) {
  constexpr int32_t k48Over17 = 1515870810;
  constexpr int32_t kMinus32Over17 = -1010580540;
  const auto half_denominator = static_cast<int32_t>((static_cast<int64_t>(a) + kOne + 1) / 2);
  int32_t x = wrapping_add(k48Over17, doubling_high_mul(half_denominator, kMinus32Over17));
  for (int step = 0; step < 3; ++step) {
    const int32_t error = wrapping_sub(kOneOfTwoBits, doubling_high_mul(half_denominator, x));
    x = wrapping_add(x, saturating_shift_left(doubling_high_mul(x, error), 2));
  }
  return x;
}

}  // namespace

int32_t fixed_exp_on_negative(int32_t a, int integer_bits) {
  struct Factor {
    int log2;  // the factor is exp(-2^log2)
    int32_t value;
  };
  constexpr auto kFactors = std::to_array<Factor>({{-2, 1672461947},
                                                   {-1, 1302514674},
                                                   {0, 790015084},
                                                   {1, 290630308},
                                                   {2, 39332535},
                                                   {3, 720401},
                                                   {4, 242}});
  if (a == 0) return kOne;
  const int fraction_bits = 31 - integer_bits;
  const int32_t quarter = 1 << (fraction_bits - 2);
  const int32_t below = (a & (quarter - 1)) - quarter;
  int32_t result = exp_below_a_quarter(saturating_shift_left(below, integer_bits));
  const int32_t remainder = wrapping_sub(below, a);
  for (const Factor& factor : kFactors)
    if (integer_bits > factor.log2 && (remainder & (1 << (fraction_bits + factor.log2))) != 0)
      result = doubling_high_mul(result, factor.value);
  return result;
}

int32_t fixed_one_over_one_plus(int32_t a) {
  return saturating_shift_left(two_over_one_plus(a), 1);
}

int32_t fixed_logistic(int32_t a) {
  if (a == 0) return 1 << 30;
  const int32_t positive =
      fixed_one_over_one_plus(fixed_exp_on_negative(a > 0 ? wrapping_sub(0, a) : a, 4));
  return a > 0 ? positive : kOne - positive;
}

int32_t fixed_tanh(int32_t a) {
  if (a == 0) return 0;
  // tanh(-|a|) negated is (1 - e) / (1 + e) with e = exp(-2 |a|): one integer bit more, same raw.
  const int32_t e = fixed_exp_on_negative(a < 0 ? a : wrapping_sub(0, a), 5);
  const int32_t positive =
      saturating_shift_left(wrapping_sub(two_over_one_plus(e), kOneOfTwoBits), 2);
  return a < 0 ? wrapping_sub(0, positive) : positive;
}

Multiplier fixed_inverse_root(int32_t x) {
  if (x <= 1) return {kOne, 0};
  int shift = 11;
  for (; x >= (1 << 29); x /= 4) ++shift;
  const int pairs = (std::countl_zero(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;
  // Five Newton-Raphson steps with 3 integer bits: y += y / 2 * (1 - x y^2).
  constexpr int32_t kOneAndAHalf = (1 << 28) + (1 << 27);
  const int32_t value = x >> 1, half = rounding_divide_by_pot(value, 1);
  int32_t y = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const int32_t cube = saturating_shift_left(doubling_high_mul(doubling_high_mul(y, y), y), 6);
    y = saturating_shift_left(
        wrapping_sub(doubling_high_mul(kOneAndAHalf, y), doubling_high_mul(half, cube)), 3);
  }
  constexpr int32_t kHalfRootOfTwo = 1518500250;
  y = doubling_high_mul(y, kHalfRootOfTwo);
  for (; shift < 0; ++shift) y *= 2;
  return {y, -shift};
}

}  // namespace assay
