// tanh.
//
// int8: fixed point with 4 integer bits, output scale 1/128 and zero point 0 as TFLite fixes them.
// Source: tflite-micro, kernels/tanh.cc, reference/integer_ops/tanh.h.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/fixed_point.h"
#include "ops/requantise.h"
#include "ops/saturating_input.h"
#include "ops/sigmoid_16.h"

namespace assay {
extern const OpDef tanh_op;

namespace {

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  if (node.input(0).dtype == Dtype::s16) return sigmoid_16_reference(node, buffers, true);
  if (node.input(0).dtype == Dtype::s8) {
    return apply_saturating(node.input(0), buffers, [](int32_t x) {
      return rounding_divide_by_pot(fixed_tanh(x), 31 - 7);
    });
  }
  std::ranges::transform(buffers.in<float>(0), buffers.out<float>().begin(),
                         [](float x) { return std::tanh(x); });
}

std::string unsupported(const NodeView& node) {
  if (node.input(0).dtype == Dtype::s16 && node.output().dtype == Dtype::s16)
    return unsupported_sigmoid_16(node);
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  if (node.input(0).dtype != Dtype::s8) return {};
  const Quantisation& out = node.output().quant;
  if (out.zero_point[0] != 0 || out.scale[0] != 1.0F / 128)
    return "output is not quantised with scale 1/128 and zero point 0";
  return unsupported_saturating(node.input(0));
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  if (node.input(0).dtype == Dtype::s16) return lower_sigmoid_16(node, true);
  if (node.input(0).dtype == Dtype::s8) return lower_to_table(node, tanh_op);
  return lower_float_elementwise(node, "tanh_f32", true);
}

}  // namespace

extern const OpDef tanh_op = {
    .name = "tanh",
    .summary = "hyperbolic tangent",
    .types = "s8 s16 f32",
    .tflite = {.name = "TANH", .opcode = 28, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
