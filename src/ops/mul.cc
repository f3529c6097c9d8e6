// mul: a * b with broadcasting and a fused activation.
//
// 64-bit integers are LiteRT's only. Source: tflite-micro, kernels/mul_common.cc,
// reference/integer_ops/mul.h.
#include "ops/broadcast.h"
#include "ops/elementwise.h"
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 f32";

/// int8 and float have kernels of their own.
bool is_usual(const NodeView& node) {
  return node.output().dtype == Dtype::s8 || node.output().dtype == Dtype::f32;
}

Multiplier factor_of(const NodeView& node) {
  return quantise_multiplier(static_cast<double>(node.input(0).quant.scale[0]) *
                             static_cast<double>(node.input(1).quant.scale[0]) /
                             static_cast<double>(node.output().quant.scale[0]));
}

void reference_s8(const NodeView& node, const Buffers& buffers) {
  const Multiplier factor = factor_of(node);
  const Clamp clamp = fused_clamp_s8(node);
  const auto a = buffers.in<int8_t>(0);
  const auto b = buffers.in<int8_t>(1);
  const auto out = buffers.out<int8_t>();
  for_each_pair(broadcast_of(node), [&](size_t to, size_t at_a, size_t at_b) {
    const int32_t product = (a[at_a] - node.input(0).quant.zero_point[0]) *
                            (b[at_b] - node.input(1).quant.zero_point[0]);
    out[to] =
        static_cast<int8_t>(clamp(multiply(product, factor) + node.output().quant.zero_point[0]));
  });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (!is_usual(node)) return pair_reference(node, buffers, PairOp::mul);
  if (node.output().dtype == Dtype::s8) return reference_s8(node, buffers);
  const FloatClamp clamp = fused_clamp_f32(node);
  const auto a = buffers.in<float>(0);
  const auto b = buffers.in<float>(1);
  const auto out = buffers.out<float>();
  for_each_pair(broadcast_of(node),
                [&](size_t to, size_t at_a, size_t at_b) { out[to] = clamp(a[at_a] * b[at_b]); });
}

std::string unsupported(const NodeView& node) {
  if (!is_usual(node)) return unsupported_pair(node, PairOp::mul, kTypes);
  if (std::string why = unsupported_broadcast(node); !why.empty()) return why;
  // A product has 17 bits.
  if (node.output().dtype == Dtype::s8 && factor_of(node).shift > 14)
    return "the inputs' scales are too large for the output's";
  return {};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (!is_usual(node)) return pair_lower(node, PairOp::mul);
  if (node.output().dtype == Dtype::f32) {
    const FloatClamp clamp = fused_clamp_f32(node);
    return lower_broadcast(node, "mul_f32", {{"min", clamp.min}, {"max", clamp.max}});
  }
  const Multiplier factor = factor_of(node);
  const Clamp clamp = fused_clamp_s8(node);
  return lower_broadcast(node, "mul_s8",
                         {{"a_zp", int64_t{node.input(0).quant.zero_point[0]}},
                          {"b_zp", int64_t{node.input(1).quant.zero_point[0]}},
                          {"out_zp", int64_t{node.output().quant.zero_point[0]}},
                          {"multiplier", int64_t{factor.value}},
                          {"shift", int64_t{factor.shift}},
                          {"min", int64_t{clamp.min}},
                          {"max", int64_t{clamp.max}}});
}

}  // namespace

extern const OpDef mul_op = {
    .name = "mul",
    .summary = "a * b, broadcast",
    .types = kTypes,
    .tflite = {.name = "MUL",
               .opcode = 18,
               .options = 21,
               .max_version = 7,
               .fields = {{"activation", 0, TfliteField::activation}}},
    .infer = infer_broadcast,
    .unsupported = unsupported,
    .work = broadcast_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_broadcast,
};

}  // namespace assay
