// prelu: x, or x times its slope where it is negative; slopes are broadcast.
//
// int16 has slopes of int8. Source: tflite-micro, kernels/prelu.cc, prelu_common.cc,
// reference/prelu.h; uint8 is LiteRT's only.
#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/elementwise.h"
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 u8 s16 f32";

struct Factors {
  Multiplier whole, slope;
};

Factors factors_of(const NodeView& node) {
  const double in = node.input(0).quant.scale[0], slope = node.input(1).quant.scale[0];
  const double out = node.output().quant.scale[0];
  return {quantise_multiplier(in / out), quantise_multiplier(in * slope / out)};
}

std::string unsupported(const NodeView& node) {
  const Tensor& in = node.input(0);
  const Tensor& out = node.output();
  const Dtype slopes = in.dtype == Dtype::s16 ? Dtype::s8 : in.dtype;
  if (in.dtype != out.dtype || slopes != node.input(1).dtype || !names_type(kTypes, name(in.dtype)))
    return unsupported_types(in.dtype, out.dtype, kTypes);
  if (out.shape.rank() > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", out.shape.rank(), kMostLoops);
  if (in.dtype == Dtype::f32) return {};
  for (const Tensor* tensor : {&in, &node.input(1), &out})
    if (std::string why = not_quantised_per_tensor(*tensor, "a tensor"); !why.empty()) return why;
  if (in.dtype == Dtype::s16 && (in.quant.zero_point[0] != 0 || out.quant.zero_point[0] != 0))
    return "s16 with a zero point";
  const Factors factors = factors_of(node);
  return factors.whole.shift > 14 || factors.slope.shift > 14
             ? "the inputs' scales are too large for the output's"
             : std::string();
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.output().dtype == Dtype::f32) {
    const auto x = buffers.in<float>(0), slope = buffers.in<float>(1);
    for_each_pair(broadcast_of(node), [&](size_t to, size_t a, size_t b) {
      buffers.out<float>()[to] = x[a] >= 0 ? x[a] : x[a] * slope[b];
    });
    return;
  }
  const Factors factors = factors_of(node);
  const auto zero = [](const Tensor& t) { return t.quant.zero_point[0]; };
  const Clamp range = whole_range(node.output().dtype);
  with_elements(node.output().dtype, [&]<class T>(T) {
    with_elements(node.input(1).dtype, [&]<class Slope>(Slope) {
      const auto in = buffers.in<T>(0);
      const auto slopes = buffers.in<Slope>(1);
      for_each_pair(broadcast_of(node), [&](size_t to, size_t a, size_t b) {
        const int32_t x = static_cast<int32_t>(in[a]) - zero(node.input(0));
        const int32_t slope = static_cast<int32_t>(slopes[b]) - zero(node.input(1));
        const int32_t y = x >= 0 ? multiply(x, factors.whole) : multiply(x * slope, factors.slope);
        buffers.out<T>()[to] = static_cast<T>(range(y + zero(node.output())));
      });
    });
  });
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.output().dtype == Dtype::f32) return lower_broadcast(node, "prelu_f32", {});
  const Factors factors = factors_of(node);
  const auto zero = [](const Tensor& t) { return int64_t{t.quant.zero_point[0]}; };
  const Clamp range = whole_range(node.output().dtype);
  return lower_broadcast(node, "prelu_q",
                         {{"type", element_type(node.output().dtype)},
                          {"slope_type", element_type(node.input(1).dtype)},
                          {"a_zp", zero(node.input(0))},
                          {"b_zp", zero(node.input(1))},
                          {"out_zp", zero(node.output())},
                          {"multiplier", int64_t{factors.whole.value}},
                          {"shift", int64_t{factors.whole.shift}},
                          {"slope_multiplier", int64_t{factors.slope.value}},
                          {"slope_shift", int64_t{factors.slope.shift}},
                          {"min", int64_t{range.min}},
                          {"max", int64_t{range.max}}});
}

}  // namespace

extern const OpDef prelu_op = {
    .name = "prelu",
    .summary = "x, or x times its slope below 0",
    .types = kTypes,
    .tflite = {.name = "PRELU", .opcode = 54},
    .infer = infer_broadcast,
    .unsupported = unsupported,
    .work = broadcast_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_pair,
};

}  // namespace assay
