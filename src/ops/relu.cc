// relu: max(x, 0).
//
// TFLite lets an int8 or int16 relu change scale: the output is requantised and clamped to the
// output's zero point. Source: tflite-micro, kernels/activations.h and activations_common.cc.
#include <algorithm>
#include <limits>

#include "ops/unary.h"

namespace assay {
extern const OpDef relu_op;

namespace {

Multiplier factor_of(const NodeView& node) {
  return quantise_multiplier(
      static_cast<double>(node.input(0).quant.scale[0] / node.output().quant.scale[0]));
}

template <class T>
void reference_q(const NodeView& node, const Buffers& buffers) {
  const int32_t in_zero = node.input(0).quant.zero_point[0];
  const int32_t out_zero = node.output().quant.zero_point[0];
  const Multiplier by = factor_of(node);
  const auto x = buffers.in<T>(0);
  const auto y = buffers.out<T>();
  for (size_t i = 0; i < x.size(); ++i) {
    const int32_t scaled = out_zero + multiply(x[i] - in_zero, by);
    y[i] = static_cast<T>(std::clamp<int32_t>(scaled, out_zero, std::numeric_limits<T>::max()));
  }
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s8) return reference_q<int8_t>(node, buffers);
  if (node.input(0).dtype == Dtype::s16) return reference_q<int16_t>(node, buffers);
  const auto x = buffers.in<float>(0);
  const auto y = buffers.out<float>();
  for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] < 0.0F ? 0.0F : x[i];
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise_16(node); !why.empty()) return why;
  return unsupported_rescale(node.input(0), node.output());
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, relu_op);
  if (node.input(0).dtype == Dtype::s16)
    return lower_rescale(node, factor_of(node), factor_of(node), false,
                         {node.output().quant.zero_point[0], 32767});
  return lower_float_elementwise(node, "relu_f32", false);
}

}  // namespace

extern const OpDef relu_op = {
    .name = "relu",
    .summary = "max(x, 0)",
    .types = "s8 s16 f32",
    .tflite = {.name = "RELU", .opcode = 19, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
