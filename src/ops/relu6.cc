// relu6: min(max(x, 0), 6).
//
// TFLM's int8 kernel only clamps: it takes zero and six of the input's quantisation and does not
// look at the output's. LiteRT rescales. Where the two tensors are quantised alike, which is what
// converters write when they fuse nothing else, both are the same. Source: tflite-micro,
// kernels/activations_common.cc; for LiteRT relu's rescaling with relu6's range.
#include <algorithm>

#include "ops/elementwise.h"
#include "ops/requantise.h"

namespace assay {
namespace {

void clamp_only(const NodeView& node, const Buffers& buffers) {
  const Quantisation& quant = node.input(0).quant;
  const Clamp clamp = activation_clamp("relu6", Dtype::s8, quant.scale[0], quant.zero_point[0]);
  std::ranges::transform(buffers.in<int8_t>(0), buffers.out<int8_t>().begin(),
                         [&](int8_t x) { return static_cast<int8_t>(clamp(x)); });
}

void rescale(const NodeView& node, const Buffers& buffers) {
  const Quantisation& in = node.input(0).quant;
  const Quantisation& out = node.output().quant;
  const Multiplier by = quantise_multiplier(static_cast<double>(in.scale[0] / out.scale[0]));
  const Clamp clamp = activation_clamp("relu6", Dtype::s8, out.scale[0], out.zero_point[0]);
  std::ranges::transform(buffers.in<int8_t>(0), buffers.out<int8_t>().begin(), [&](int8_t x) {
    return static_cast<int8_t>(clamp(multiply(x - in.zero_point[0], by) + out.zero_point[0]));
  });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics semantics) {
  if (node.input(0).dtype == Dtype::s8)
    return semantics == Semantics::tflm ? clamp_only(node, buffers) : rescale(node, buffers);
  std::ranges::transform(buffers.in<float>(0), buffers.out<float>().begin(), [](float x) {
    return x > 6.0F ? 6.0F : x < 0.0F ? 0.0F : x;
  });
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  return unsupported_rescale(node.input(0), node.output());
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, relu6_op);
  return lower_float_elementwise(node, "relu6_f32", false);
}

}  // namespace

const OpDef relu6_op = {
    .name = "relu6",
    .summary = "min(max(x, 0), 6)",
    .types = "s8 f32",
    .tflite = {.name = "RELU6", .opcode = 21, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
