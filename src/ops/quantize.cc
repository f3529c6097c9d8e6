// quantize: float to 8 bits, or 8 bits from one scale and signedness to another.
//
// A float too large for int32 saturates here; TFLite's conversion is undefined there. Source:
// tflite-micro, kernels/quantize_common.cc, reference/quantize.h and requantize.h.
#include <algorithm>
#include <cmath>

#include "ops/elementwise.h"
#include "ops/requantise.h"

namespace assay {
namespace {

bool is_8_bits(Dtype dtype) { return dtype == Dtype::s8 || dtype == Dtype::u8; }

/// An element of an 8-bit tensor as a number.
int32_t number(std::byte bits, Dtype dtype) {
  return dtype == Dtype::s8 ? static_cast<int8_t>(bits) : static_cast<uint8_t>(bits);
}

Clamp range_of(Dtype dtype) { return dtype == Dtype::s8 ? Clamp{-128, 127} : Clamp{0, 255}; }

void from_float(const NodeView& node, const Buffers& buffers) {
  const Tensor& out = node.output();
  const Clamp range = range_of(out.dtype);
  const float scale = out.quant.scale[0];
  const int32_t zero_point = out.quant.zero_point[0];
  const auto one = [&](float x) {
    // Beyond +-512 the result is an end of the range whatever the zero point.
    const float steps = std::round(x / scale);
    const float bounded = steps < -512.0F ? -512.0F : steps > 512.0F ? 512.0F : steps;
    const int32_t q = std::isnan(bounded) ? 0 : static_cast<int32_t>(bounded);
    return static_cast<std::byte>(range(q + zero_point));
  };
  std::ranges::transform(buffers.in<float>(0), buffers.outputs[0].begin(), one);
}

Multiplier rescale_of(const NodeView& node) {
  return quantise_multiplier(static_cast<double>(node.input(0).quant.scale[0]) /
                             static_cast<double>(node.output().quant.scale[0]));
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  if (in.dtype == Dtype::f32) return from_float(node, buffers);
  const Multiplier by = rescale_of(node);
  const Clamp range = range_of(out.dtype);
  const auto one = [&](std::byte bits) {
    const int32_t x = number(bits, in.dtype) - in.quant.zero_point[0];
    return static_cast<std::byte>(range(multiply(x, by) + out.quant.zero_point[0]));
  };
  std::ranges::transform(buffers.inputs[0], buffers.outputs[0].begin(), one);
}

std::string unsupported(const NodeView& node) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  if (!is_8_bits(out.dtype) || (in.dtype != Dtype::f32 && !is_8_bits(in.dtype)))
    return unsupported_types(in.dtype, out.dtype, "f32, s8 or u8 -> s8 or u8");
  if (std::string why = not_quantised_per_tensor(in, "input"); !why.empty()) return why;
  if (std::string why = not_quantised_per_tensor(out, "output"); !why.empty()) return why;
  return in.dtype == Dtype::f32 ? std::string() : unsupported_rescale(in, out);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype != Dtype::f32) return lower_to_table(node, quantize_op);
  const Tensor& out = node.output();
  const Clamp range = range_of(out.dtype);
  return lower_float_elementwise(node, "quantize_8", false,
                                 {{"zero_point", int64_t{out.quant.zero_point[0]}},
                                  {"min", int64_t{range.min}},
                                  {"max", int64_t{range.max}},
                                  {"scale", out.quant.scale[0]}});
}

}  // namespace

const OpDef quantize_op = {
    .name = "quantize",
    .summary = "to another scale and 8-bit type",
    .types = "f32->s8 f32->u8 s8->s8 s8->u8 u8->s8 u8->u8",
    .tflite = {.name = "QUANTIZE", .opcode = 114, .options = 89, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
