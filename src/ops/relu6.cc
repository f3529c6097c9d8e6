// relu6: min(max(x, 0), 6).
//
// TFLM's int8 kernel only clamps: it takes zero and six of the input's quantisation and does not
// look at the output's. LiteRT rescales. Where the two tensors are quantised alike, which is what
// converters write when they fuse nothing else, both are the same. Source: tflite-micro,
// kernels/activations_common.cc; for LiteRT relu's rescaling with relu6's range.
#include <algorithm>

#include "ops/unary.h"

namespace assay {
extern const OpDef relu6_op;

namespace {

/// Zero to six of the input's quantisation.
Clamp clamp_of(const NodeView& node) {
  const Tensor& in = node.input(0);
  return activation_clamp("relu6", in.dtype, in.quant.scale[0], in.quant.zero_point[0]);
}

template <class T>
void clamp_only(const NodeView& node, const Buffers& buffers) {
  std::ranges::transform(buffers.in<T>(0), buffers.out<T>().begin(),
                         [clamp = clamp_of(node)](T x) { return static_cast<T>(clamp(x)); });
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
    return semantics == Semantics::tflm ? clamp_only<int8_t>(node, buffers)
                                        : rescale(node, buffers);
  if (node.input(0).dtype == Dtype::s16) return clamp_only<int16_t>(node, buffers);
  std::ranges::transform(buffers.in<float>(0), buffers.out<float>().begin(), [](float x) {
    return x > 6.0F ? 6.0F : x < 0.0F ? 0.0F : x;
  });
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise_16(node); !why.empty()) return why;
  if (node.input(0).dtype == Dtype::s16)
    return node.input(0).quant == node.output().quant ? ""
                                                      : "input and output are quantised "
                                                        "differently";
  return unsupported_rescale(node.input(0), node.output());
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, relu6_op);
  if (node.input(0).dtype == Dtype::s16) {
    constexpr Multiplier kOne = {1 << 30, 1};
    return lower_rescale(node, kOne, kOne, false, clamp_of(node));
  }
  return lower_float_elementwise(node, "relu6_f32", false);
}

}  // namespace

extern const OpDef relu6_op = {
    .name = "relu6",
    .summary = "min(max(x, 0), 6)",
    .types = "s8 s16 f32",
    .tflite = {.name = "RELU6", .opcode = 21, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
