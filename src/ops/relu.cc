// relu: max(x, 0).
//
// TFLite lets an int8 relu change scale: the output is requantised and clamped to the output's
// zero point. Source: tflite-micro, kernels/activations.h and activations_common.cc.
#include <algorithm>

#include "ops/elementwise.h"
#include "ops/requantise.h"

namespace assay {
namespace {

void reference_s8(const NodeView& node, const Buffers& buffers) {
  const Quantisation& in = node.input(0).quant;
  const Quantisation& out = node.output().quant;
  const Multiplier by = quantise_multiplier(static_cast<double>(in.scale[0] / out.scale[0]));
  const auto x = buffers.in<int8_t>(0);
  const auto y = buffers.out<int8_t>();
  for (size_t i = 0; i < x.size(); ++i) {
    const int32_t scaled = out.zero_point[0] + multiply(x[i] - in.zero_point[0], by);
    y[i] = static_cast<int8_t>(std::clamp(scaled, out.zero_point[0], 127));
  }
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s8) return reference_s8(node, buffers);
  const auto x = buffers.in<float>(0);
  const auto y = buffers.out<float>();
  for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] < 0.0F ? 0.0F : x[i];
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  return unsupported_rescale(node.input(0), node.output());
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, relu_op);
  return lower_float_elementwise(node, "relu_f32", false);
}

}  // namespace

const OpDef relu_op = {
    .name = "relu",
    .summary = "max(x, 0)",
    .types = "s8 f32",
    .tflite = {.name = "RELU", .opcode = 19, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
