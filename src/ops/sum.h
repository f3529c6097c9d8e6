// What add and sub share. int8: both inputs are brought to twice the larger scale with 20 more
// bits, added or subtracted, and brought to the output's scale.
#pragma once

#include <algorithm>

#include "ops/broadcast.h"

namespace assay {

struct SumFactors {
  Multiplier a, b, out;
};

constexpr int kSumLeftShift = 20;

inline SumFactors sum_factors(const NodeView& node) {
  const double a = node.input(0).quant.scale[0];
  const double b = node.input(1).quant.scale[0];
  const double common = 2 * std::max(a, b);
  const double out = (1 << kSumLeftShift) * double{node.output().quant.scale[0]};
  return {quantise_multiplier(a / common), quantise_multiplier(b / common),
          quantise_multiplier(common / out)};
}

/// One number of the inputs' scale, brought to the common scale.
inline int32_t sum_term(int8_t q, const Quantisation& quant, Multiplier by) {
  return multiply((q - quant.zero_point[0]) * (1 << kSumLeftShift), by);
}

/// The reference of a + sign * b.
inline void sum_reference(const NodeView& node, const Buffers& buffers, const SumFactors& factors,
                          int32_t sign) {
  const Clamp clamp = fused_clamp_s8(node);
  const auto a = buffers.in<int8_t>(0);
  const auto b = buffers.in<int8_t>(1);
  const auto out = buffers.out<int8_t>();
  for_each_pair(broadcast_of(node), [&](size_t to, size_t at_a, size_t at_b) {
    const int32_t sum = sum_term(a[at_a], node.input(0).quant, factors.a) +
                        sign * sum_term(b[at_b], node.input(1).quant, factors.b);
    out[to] =
        static_cast<int8_t>(clamp(multiply(sum, factors.out) + node.output().quant.zero_point[0]));
  });
}

inline void sum_reference_f32(const NodeView& node, const Buffers& buffers, float sign) {
  const FloatClamp clamp = fused_clamp_f32(node);
  const auto a = buffers.in<float>(0);
  const auto b = buffers.in<float>(1);
  const auto out = buffers.out<float>();
  for_each_pair(broadcast_of(node), [&](size_t to, size_t at_a, size_t at_b) {
    out[to] = clamp(a[at_a] + sign * b[at_b]);
  });
}

/// The kernel's `a` is the input of the larger scale, whose factor is exactly 1/2: it needs no
/// rounding.
inline KernelCall sum_lower(const NodeView& node, const SumFactors& factors, int sign) {
  const Clamp clamp = fused_clamp_s8(node);
  const bool swap = node.input(1).quant.scale[0] > node.input(0).quant.scale[0];
  const auto zero_point = [](const Tensor& t) { return int64_t{t.quant.zero_point[0]}; };
  const int64_t a_factor = int64_t{swap ? sign : 1} * (1 << (kSumLeftShift - 1));
  const Multiplier b = swap ? factors.a : factors.b;
  return lower_broadcast(node, "add_s8",
                         {{"a_factor", a_factor},
                          {"a_offset", -a_factor * zero_point(node.input(swap ? 1 : 0))},
                          {"b_zp", zero_point(node.input(swap ? 0 : 1))},
                          {"b_multiplier", int64_t{b.value}},
                          {"b_right", int64_t{-b.shift}},
                          {"b_sign", int64_t{swap ? 1 : sign}},
                          {"out_zp", zero_point(node.output())},
                          {"out_multiplier", int64_t{factors.out.value}},
                          {"out_right", int64_t{-factors.out.shift}},
                          {"min", int64_t{clamp.min}},
                          {"max", int64_t{clamp.max}}},
                         swap);
}

inline KernelCall sum_lower_f32(const NodeView& node, float sign) {
  const FloatClamp clamp = fused_clamp_f32(node);
  return lower_broadcast(node, "add_f32",
                         {{"b_sign", sign}, {"min", clamp.min}, {"max", clamp.max}});
}

/// TFLite stops where a factor is not below one.
inline std::string unsupported_sum(const NodeView& node) {
  if (std::string why = unsupported_broadcast(node); !why.empty()) return why;
  if (node.output().dtype != Dtype::s8) return {};
  const SumFactors factors = sum_factors(node);
  if (std::max({factors.a.shift, factors.b.shift, factors.out.shift}) <= 0) return {};
  return "the inputs' scales are too large for the output's";
}

}  // namespace assay
