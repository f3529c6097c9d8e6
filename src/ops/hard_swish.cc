// hard_swish: x * min(max(x + 3, 0), 6) / 6.
//
// int8: everything in 16-bit fixed point, which saturates and rounds at each step; the steps are
// the definition. Source: tflite-micro, kernels/hard_swish_common.cc, reference/hard_swish.h.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "ops/elementwise.h"
#include "ops/requantise.h"

namespace assay {
extern const OpDef hard_swish_op;

namespace {

int16_t saturate16(int64_t x) {
  return static_cast<int16_t>(std::clamp<int64_t>(x, std::numeric_limits<int16_t>::min(),
                                                  std::numeric_limits<int16_t>::max()));
}

/// round(a * b / 2^15), ties upwards.
int16_t rounding_high_mul(int16_t a, int16_t b) {
  const int32_t product = a * b;
  const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return saturate16((product + nudge) / (1 << 15));
}

/// a * b / 2^15 towards zero.
int16_t truncating_high_mul(int16_t a, int16_t b) { return saturate16((a * b) / (1 << 15)); }

struct Multiplier16 {
  int16_t value = 0;
  int shift = 0;
};

Multiplier16 multiplier16(float real) {
  const Multiplier wide = quantise_multiplier(static_cast<double>(real));
  return {saturate16((static_cast<int64_t>(wide.value) + (1 << 15)) >> 16), wide.shift};
}

struct Factors {
  Multiplier16 output;   ///< from the input's scale / 128 to the output's
  Multiplier16 reluish;  ///< from the input's scale / 128 to 3 / 32768
};

Factors factors_of(const NodeView& node) {
  const float fine_scale = (1.0F / 128.0F) * node.input(0).quant.scale[0];
  return {multiplier16(fine_scale / node.output().quant.scale[0]),
          multiplier16(fine_scale / (3.0F / 32768.0F))};
}

/// 32768 * min(max(x + 3, 0), 6) / 6 for x given on the fine scale.
int16_t reluish(int16_t fine, Multiplier16 by) {
  int16_t x = fine;
  if (by.shift > 0) x = saturate16(static_cast<int64_t>(x) << (by.shift - 1));
  x = rounding_high_mul(x, by.value);
  if (by.shift > 0) x = saturate16(static_cast<int64_t>(x) << 1);
  if (by.shift < 0) x = static_cast<int16_t>(rounding_divide_by_pot(x, -by.shift));
  return static_cast<int16_t>((x + (1 << 15)) >> 1);
}

void reference_s8(const NodeView& node, const Buffers& buffers) {
  const Factors factors = factors_of(node);
  const int32_t zero_in = node.input(0).quant.zero_point[0];
  const int32_t zero_out = node.output().quant.zero_point[0];
  const auto one = [&](int8_t q) {
    const auto fine = static_cast<int16_t>((q - zero_in) * 128);
    const int16_t unshifted = rounding_high_mul(fine, factors.output.value);
    const int16_t product = truncating_high_mul(reluish(fine, factors.reluish), unshifted);
    const int32_t y = rounding_divide_by_pot(product, -factors.output.shift);
    return static_cast<int8_t>(std::clamp(y + zero_out, -128, 127));
  };
  std::ranges::transform(buffers.in<int8_t>(0), buffers.out<int8_t>().begin(), one);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s8) return reference_s8(node, buffers);
  std::ranges::transform(buffers.in<float>(0), buffers.out<float>().begin(),
                         [](float x) { return x * std::min(6.0F, std::max(0.0F, x + 3)) / 6; });
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  if (node.input(0).dtype != Dtype::s8) return {};
  const Factors factors = factors_of(node);
  const auto fits = [](int shift, int most) { return shift >= -15 && shift <= most; };
  if (fits(factors.output.shift, 0) && fits(factors.reluish.shift, kMaxLeftShift)) return {};
  return "input's and output's scales are too far apart";
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, hard_swish_op);
  return lower_float_elementwise(node, "hard_swish_f32", false);
}

}  // namespace

extern const OpDef hard_swish_op = {
    .name = "hard_swish",
    .summary = "x * min(max(x + 3, 0), 6) / 6",
    .types = "s8 f32",
    .tflite = {.name = "HARD_SWISH", .opcode = 117, .options = 91, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
