#include "ops/requantise.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace assay {
namespace {

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();

__extension__ typedef __int128 Wide;

/// floor(a / 2^n) for 128 bits: the roundings below are written from their definitions with it.
Wide floor_shift(Wide a, int n) { return a >> n; }

int32_t high_mul_by_definition(int32_t a, int32_t b) {
  const Wide twice = static_cast<Wide>(a) * b;
  const Wide rounded = floor_shift(twice + (int64_t{1} << 30), 31);
  return rounded > kMax ? kMax : static_cast<int32_t>(rounded);
}

int32_t divide_by_definition(int32_t x, int n) {
  const int64_t magnitude = std::abs(static_cast<int64_t>(x));
  const int64_t rounded = n == 0 ? magnitude : (magnitude + (int64_t{1} << (n - 1))) >> n;
  return static_cast<int32_t>(x < 0 ? -rounded : rounded);
}

std::vector<int32_t> interesting_values() {
  std::vector<int32_t> values = {kMin, kMin + 1, kMax, kMax - 1, 0};
  for (int bit = 0; bit < 30; ++bit)
    for (int32_t near = -2; near <= 2; ++near) {
      values.push_back((int32_t{1} << bit) + near);
      values.push_back(-(int32_t{1} << bit) - near);
    }
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) values.push_back(static_cast<int32_t>(random()) >> (random() % 31));
  return values;
}

TEST(Requantise, HighMulIsItsDefinition) {
  for (const int32_t a : interesting_values())
    for (const int32_t b : interesting_values())
      ASSERT_EQ(doubling_high_mul(a, b), high_mul_by_definition(a, b)) << a << " * " << b;
}

TEST(Requantise, DivideByPowerIsItsDefinition) {
  for (const int32_t x : interesting_values())
    for (int n = 0; n <= 31; ++n)
      ASSERT_EQ(rounding_divide_by_pot(x, n), divide_by_definition(x, n)) << x << " / 2^" << n;
}

TEST(Requantise, TiesGoUpFirstAndAwayFromZeroThen) {
  EXPECT_EQ(doubling_high_mul(1, 1 << 30), 1);   // 0.5
  EXPECT_EQ(doubling_high_mul(-1, 1 << 30), 0);  // -0.5
  EXPECT_EQ(rounding_divide_by_pot(1, 1), 1);    // 0.5
  EXPECT_EQ(rounding_divide_by_pot(-1, 1), -1);  // -0.5
  EXPECT_EQ(doubling_high_mul(kMin, kMin), kMax);
}

TEST(Requantise, MultipliersOfKnownFactors) {
  const struct {
    double real;
    Multiplier expected;
  } cases[] = {
      {0, {0, 0}},
      {0.5, {1 << 30, 0}},
      {1, {1 << 30, 1}},
      {0.75, {3 << 29, 0}},
      {0.1, {1717986918, -3}},
      {3, {3 << 29, 2}},
      {1 - 1e-12, {1 << 30, 1}},  // rounds up to the next power of two
      {std::ldexp(0.5, -31), {1 << 30, -31}},
      {std::ldexp(0.5, -32), {0, 0}},  // flushed to zero
      {std::ldexp(1.0, 40), {1 << 30, 41}},
      {std::numeric_limits<double>::max(), {1 << 30, 1025}},
      {INFINITY, {1 << 30, kShiftOfNoNumber}},
      {std::nan(""), {1 << 30, kShiftOfNoNumber}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.real);
    EXPECT_EQ(quantise_multiplier(c.real), c.expected);
  }
}

TEST(Requantise, MultiplyShiftsLeftBeforeAndRightAfter) {
  EXPECT_EQ(multiply(100, quantise_multiplier(0.1)), 10);
  EXPECT_EQ(multiply(7, quantise_multiplier(3)), 21);
  EXPECT_EQ(multiply(-7, quantise_multiplier(3)), -21);
  EXPECT_EQ(multiply(5, quantise_multiplier(0.1)), 1);  // 0.5 away from zero
  EXPECT_EQ(multiply(-5, quantise_multiplier(0.1)), -1);
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-20, 4);
  for (int i = 0; i < 20000; ++i) {
    const double real = std::exp2(exponent(random));
    const auto x = static_cast<int32_t>(random()) >> 8;
    ASSERT_NEAR(multiply(x, quantise_multiplier(real)), x * real, 1.0) << x << " * " << real;
  }
}

TEST(Requantise, ActivationClampsAreQuantised) {
  const struct {
    const char* activation;
    Dtype dtype;
    float scale;
    int32_t zero_point;
    Clamp expected;
  } cases[] = {
      {"none", Dtype::s8, 0.1F, 3, {-128, 127}},
      {"none", Dtype::u8, 0.1F, 3, {0, 255}},
      {"none", Dtype::s16, 0.1F, 0, {-32768, 32767}},
      {"relu", Dtype::s8, 0.1F, -5, {-5, 127}},
      {"relu6", Dtype::s8, 0.0625F, -20, {-20, 76}},
      {"relu6", Dtype::s8, 0.01F, -128, {-128, 127}},
      {"relu_n1_to_1", Dtype::s8, 0.1F, 1, {-9, 11}},
      {"relu6", Dtype::s8, 1e-30F, 0, {0, 127}},  // 6 / scale is beyond int32
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.activation);
    EXPECT_EQ(activation_clamp(c.activation, c.dtype, c.scale, c.zero_point), c.expected);
  }
}

TEST(Requantise, FloatClampKeepsNan) {
  const FloatClamp relu6 = activation_clamp("relu6");
  EXPECT_EQ(relu6(-1.0F), 0.0F);
  EXPECT_EQ(relu6(7.0F), 6.0F);
  EXPECT_TRUE(std::isnan(relu6(std::nanf(""))));
  EXPECT_EQ(activation_clamp("relu_n1_to_1")(-3.0F), -1.0F);
}

TEST(Requantise, KnowsWhichActivationsFuse) {
  EXPECT_TRUE(is_fused_activation("relu_n1_to_1"));
  EXPECT_FALSE(is_fused_activation("tanh"));
  EXPECT_FALSE(is_fused_activation(""));
}

}  // namespace
}  // namespace assay
