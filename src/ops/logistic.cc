// logistic: 1 / (1 + exp(-x)).
//
// int8: fixed point with 4 integer bits, output scale 1/256 and zero point -128 as TFLite fixes
// them. Source: tflite-micro, kernels/logistic_common.cc, reference/integer_ops/logistic.h.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/fixed_point.h"
#include "ops/requantise.h"
#include "ops/saturating_input.h"
#include "ops/sigmoid_16.h"

namespace assay {
extern const OpDef logistic_op;

namespace {

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s16) return sigmoid_16_reference(node, buffers, false);
  if (node.input(0).dtype == Dtype::s8) {
    return apply_saturating(node.input(0), buffers, [](int32_t x) {
      return rounding_divide_by_pot(fixed_logistic(x), 31 - 8) - 128;
    });
  }
  // TFLite's own cut-offs, where the result is 1 or exp(x) in float anyway.
  constexpr float kAbove = 16.619047164916992188F;
  constexpr float kBelow = -9.0F;
  const auto x = buffers.in<float>(0);
  const auto y = buffers.out<float>();
  for (size_t i = 0; i < x.size(); ++i)
    y[i] = x[i] > kAbove ? 1.0F : x[i] < kBelow ? std::exp(x[i]) : 1.0F / (1.0F + std::exp(-x[i]));
}

std::string unsupported(const NodeView& node) {
  if (node.input(0).dtype == Dtype::s16 && node.output().dtype == Dtype::s16)
    return unsupported_sigmoid_16(node);
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  if (node.input(0).dtype != Dtype::s8) return {};
  const Quantisation& out = node.output().quant;
  if (out.zero_point[0] != -128 || out.scale[0] != 1.0F / 256)
    return "output is not quantised with scale 1/256 and zero point -128";
  return unsupported_saturating(node.input(0));
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s16) return lower_sigmoid_16(node, false);
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, logistic_op);
  return lower_float_elementwise(node, "logistic_f32", true);
}

}  // namespace

extern const OpDef logistic_op = {
    .name = "logistic",
    .summary = "1 / (1 + exp(-x))",
    .types = "s8 s16 f32",
    .tflite = {.name = "LOGISTIC", .opcode = 14, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
