// TFLite's fixed-point rescaling, to the bit.
//
// The idea: an accumulator of int32 is turned into an output by a factor below one, kept as a
// 31-bit integer and a power of two. TFLM and CMSIS-NN round twice, after the multiplication and
// after the shift, and those two roundings treat ties differently; models' bytes depend on it. Only
// the int32 path is here; int16x8 with its 64-bit accumulators is not. Source: tflite-micro's
// common.cc, quantization_util.cc and kernel_util.cc; gemmlowp's fixedpoint.h.
#include "ops/requantise.h"

#include <cmath>
#include <limits>

namespace assay {
namespace {

int32_t quantise_saturating(float real, float scale, int32_t zero_point) {
  const double q = static_cast<double>(std::round(real / scale)) + zero_point;
  constexpr auto kMin = std::numeric_limits<int32_t>::min();
  constexpr auto kMax = std::numeric_limits<int32_t>::max();
  if (!(q > kMin)) return kMin;
  return q < kMax ? static_cast<int32_t>(q) : kMax;
}

Clamp type_range(Dtype dtype) {
  switch (dtype) {
    case Dtype::u8:
      return {0, 255};
    case Dtype::s16:
      return {-32768, 32767};
    default:
      return {-128, 127};
  }
}

}  // namespace

Multiplier quantise_multiplier(double real) {
  if (real == 0) return {};
  if (!std::isfinite(real)) return {1 << 30, kShiftOfNoNumber};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto fixed = static_cast<int64_t>(std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (fixed == int64_t{1} << 31) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<int32_t>(fixed), shift};
}

int32_t doubling_high_mul(int32_t a, int32_t b) {
  constexpr auto kMin = std::numeric_limits<int32_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<int32_t>::max();
  const int64_t product = static_cast<int64_t>(a) * b;
  // Truncating division of a nudged product: for both signs this is floor(x + 1/2).
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

int32_t rounding_divide_by_pot(int32_t x, int exponent) {
  const int64_t mask = (int64_t{1} << exponent) - 1;
  const int64_t remainder = x & mask;
  const int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<int32_t>((static_cast<int64_t>(x) >> exponent) + (remainder > threshold));
}

int32_t multiply(int32_t x, Multiplier by) {
  const int left = by.shift > 0 ? by.shift : 0;
  const int right = by.shift > 0 ? 0 : -by.shift;
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return rounding_divide_by_pot(doubling_high_mul(shifted, by.value), right);
}

bool is_fused_activation(std::string_view activation) {
  return activation == "none" || activation == "relu" || activation == "relu6" ||
         activation == "relu_n1_to_1";
}

Clamp activation_clamp(std::string_view activation, Dtype dtype, float scale, int32_t zero_point) {
  Clamp range = type_range(dtype);
  const Clamp all = range;
  if (activation == "relu" || activation == "relu6")
    range.min = quantise_saturating(0.0F, scale, zero_point);
  if (activation == "relu6") range.max = quantise_saturating(6.0F, scale, zero_point);
  if (activation == "relu_n1_to_1") {
    range.min = quantise_saturating(-1.0F, scale, zero_point);
    range.max = quantise_saturating(1.0F, scale, zero_point);
  }
  return {range.min > all.min ? range.min : all.min, range.max < all.max ? range.max : all.max};
}

FloatClamp activation_clamp(std::string_view activation) {
  if (activation == "relu") return {0.0F, std::numeric_limits<float>::max()};
  if (activation == "relu6") return {0.0F, 6.0F};
  if (activation == "relu_n1_to_1") return {-1.0F, 1.0F};
  return {std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max()};
}

}  // namespace assay
