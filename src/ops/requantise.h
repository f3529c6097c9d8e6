// The fixed-point arithmetic that TFLite's int8 operators share: real factors as a 31-bit
// multiplier and a shift, rescaling with two roundings, and the clamp of a fused activation.
#pragma once

#include <cstdint>
#include <string_view>

#include "ir/tensor.h"

namespace assay {

/// A positive real factor as TFLite stores it: real = value * 2^(shift - 31).
struct Multiplier {
  int32_t value = 0;  ///< 0, or from 2^30 to 2^31 - 1
  int shift = 0;      ///< positive: left, before the multiplication; negative: right, after it
  bool operator==(const Multiplier&) const = default;
};

/// The largest left shift whose product still means something; `unsupported` refuses more.
constexpr int kMaxLeftShift = 30;

/// The shift of a factor that is infinite or no number: larger than that of any number, so that
/// whoever looks for shifts that are too large refuses it too.
constexpr int kShiftOfNoNumber = 1 << 16;

/// `real` (not negative) rounded to 31 bits. Below 2^-32 it becomes 0, as in TFLite.
/// Source: tflite-micro, kernels/internal/quantization_util.cc, QuantizeMultiplier.
Multiplier quantise_multiplier(double real);

/// round(a * b / 2^31) to nearest, ties upwards; the one overflow (both INT32_MIN) saturates.
/// Source: gemmlowp, fixedpoint.h, SaturatingRoundingDoublingHighMul.
int32_t doubling_high_mul(int32_t a, int32_t b);

/// round(x / 2^exponent) to nearest, ties away from zero; exponent from 0 to 31.
/// Source: gemmlowp, fixedpoint.h, RoundingDivideByPOT.
int32_t rounding_divide_by_pot(int32_t x, int exponent);

/// x times the factor, rounded twice (once in each function above). The left shift wraps.
/// Source: tflite-micro, kernels/internal/common.cc, MultiplyByQuantizedMultiplier.
int32_t multiply(int32_t x, Multiplier by);

/// The values that an activation lets pass, both included.
struct Clamp {
  int32_t min = 0, max = 0;
  int32_t operator()(int32_t x) const { return x < min ? min : x > max ? max : x; }
  bool operator==(const Clamp&) const = default;
};
struct FloatClamp {
  float min = 0, max = 0;
  /// Like TFLite's: min(max(x, min), max), so a NaN stays one.
  float operator()(float x) const {
    const float low = x < min ? min : x;
    return low > max ? max : low;
  }
  bool operator==(const FloatClamp&) const = default;
};

/// Whether the word names an activation that fuses into an operator: "none", "relu", "relu6",
/// "relu_n1_to_1".
bool is_fused_activation(std::string_view activation);

/// The quantised range of such an activation in a tensor of that type (s8, u8, s16) and
/// per-tensor quantisation. Where TFLite refuses because 6 / scale is no int32, it saturates.
/// Source: tflite-micro, kernels/kernel_util.cc, CalculateActivationRangeQuantized.
Clamp activation_clamp(std::string_view activation, Dtype dtype, float scale, int32_t zero_point);

/// The same for float32.
FloatClamp activation_clamp(std::string_view activation);

}  // namespace assay
