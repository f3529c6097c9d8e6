// quantize: float to integers, or integers from one scale and type to another.
//
// A float too large for int32 saturates here; TFLite's conversion is undefined there. Source:
// tflite-micro, kernels/quantize_common.cc, reference/quantize.h and requantize.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/elements.h"
#include "ops/unary.h"

namespace assay {
extern const OpDef quantize_op;

namespace {

bool is_8_bits(Dtype dtype) { return dtype == Dtype::s8 || dtype == Dtype::u8; }
bool is_known(Dtype dtype) {
  return is_8_bits(dtype) || dtype == Dtype::s16 || dtype == Dtype::s32;
}

/// Steps of the output's scale, which no int32 need hold.
int32_t from_float(float x, const Tensor& out) {
  const Clamp range = whole_range(out.dtype);
  const double steps = static_cast<double>(std::round(x / out.quant.scale[0]));
  if (std::isnan(steps)) return is_8_bits(out.dtype) ? range(out.quant.zero_point[0]) : 0;
  const double q = steps + out.quant.zero_point[0];
  return static_cast<int32_t>(std::clamp<double>(q, range.min, range.max));
}

Multiplier rescale_of(const NodeView& node) {
  return quantise_multiplier(static_cast<double>(node.input(0).quant.scale[0]) /
                             static_cast<double>(node.output().quant.scale[0]));
}

/// Differences and sums wrap, as those of int32 do on every machine.
int32_t from_integer(int32_t x, const NodeView& node, Multiplier by) {
  const auto zero = [](const Tensor& t) { return static_cast<uint32_t>(t.quant.zero_point[0]); };
  const auto less = static_cast<int32_t>(static_cast<uint32_t>(x) - zero(node.input(0)));
  const auto scaled = static_cast<uint32_t>(multiply(less, by));
  return whole_range(node.output().dtype)(static_cast<int32_t>(scaled + zero(node.output())));
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  with_elements(out.dtype, [&]<class To>(To) {
    const auto to = buffers.out<To>().begin();
    if (in.dtype == Dtype::f32) {
      std::ranges::transform(buffers.in<float>(0), to,
                             [&](float x) { return static_cast<To>(from_float(x, out)); });
      return;
    }
    const Multiplier by = rescale_of(node);
    with_elements(in.dtype, [&]<class From>(From) {
      std::ranges::transform(buffers.in<From>(0), to, [&](From x) {
        return static_cast<To>(from_integer(static_cast<int32_t>(x), node, by));
      });
    });
  });
}

std::string unsupported(const NodeView& node) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  if (!is_known(out.dtype) || (in.dtype != Dtype::f32 && !is_known(in.dtype)))
    return unsupported_types(in.dtype, out.dtype, "f32, s8, u8, s16 or s32 -> s8, u8, s16 or s32");
  for (const Tensor* tensor : {&in, &out})
    if (tensor->dtype != Dtype::f32 && tensor->quant.scale.size() != 1)
      return fmt::format("{} has {} scales, one scale is supported",
                         tensor == &in ? "input" : "output", tensor->quant.scale.size());
  return in.dtype == Dtype::f32 ? std::string() : unsupported_rescale(in, out);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  const Clamp range = whole_range(out.dtype);
  if (is_8_bits(in.dtype) && is_8_bits(out.dtype)) return lower_to_table(node, quantize_op);
  if (in.dtype != Dtype::f32)
    return lower_rescale(node, rescale_of(node), rescale_of(node), false, range);
  std::vector<Param> params = {{"zero_point", int64_t{out.quant.zero_point[0]}},
                               {"min", int64_t{range.min}},
                               {"max", int64_t{range.max}},
                               {"scale", out.quant.scale[0]}};
  if (is_8_bits(out.dtype)) return lower_float_elementwise(node, "quantize_8", false, params);
  params.insert(params.begin(), {"type", element_type(out.dtype)});
  return lower_float_elementwise(node, "quantize_int", false, params);
}

}  // namespace

extern const OpDef quantize_op = {
    .name = "quantize",
    .summary = "to another scale and type",
    .types = "f32 s8 u8 s16 s32 -> integers",
    .tflite = {.name = "QUANTIZE", .opcode = 114, .options = 89, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
