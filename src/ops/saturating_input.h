// int8 functions that are constant outside of a range around zero (logistic, tanh): the input is
// brought to fixed point with 4 integer bits; beyond +-16 the output is the type's end.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "ops/op.h"
#include "ops/requantise.h"

namespace assay {

/// Source: tflite-micro, logistic_common.cc and quantization_util.cc, CalculateInputRadius.
struct SaturatingInput {
  Multiplier multiplier;
  int32_t radius = 0;  ///< inputs at least that far from the zero point saturate
};

inline SaturatingInput saturating_input(float scale) {
  SaturatingInput made;
  made.multiplier = quantise_multiplier(static_cast<double>(scale) * (1 << 27));
  made.radius =
      static_cast<int32_t>(std::floor(15.0 * (1 << 27) / std::ldexp(1.0, made.multiplier.shift)));
  return made;
}

/// "" if the input's scale can be brought to fixed point.
inline std::string unsupported_saturating(const Tensor& input) {
  const double factor = static_cast<double>(input.quant.scale[0]) * (1 << 27);
  const int shift = quantise_multiplier(factor).shift;
  if (factor >= 0.5 && shift >= 0 && shift <= kMaxLeftShift) return {};
  return "input's scale is out of range";
}

/// y = function(fixed-point x), clamped to int8.
template <class Function>
void apply_saturating(const Tensor& input, const Buffers& buffers, Function function) {
  const SaturatingInput in = saturating_input(input.quant.scale[0]);
  const auto one = [&](int8_t q) -> int32_t {
    const int32_t x = q - input.quant.zero_point[0];
    if (x <= -in.radius) return -128;
    if (x >= in.radius) return 127;
    return std::clamp(function(multiply(x, in.multiplier)), -128, 127);
  };
  std::ranges::transform(buffers.in<int8_t>(0), buffers.out<int8_t>().begin(),
                         [&](int8_t q) { return static_cast<int8_t>(one(q)); });
}

}  // namespace assay
