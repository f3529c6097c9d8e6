// dynamic_quantize_linear: floats as int8 over the range that they have as the model runs, the
// scale and the zero point that say so.
//
// ONNX's operator gives uint8; here it is 128 lower, zero point and all, which is the same numbers.
// Source: https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html; a range of nothing has a
// scale of 1, as in ONNX Runtime.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"

#define ASSAY_KERNEL static
#include "../../kernels/dynamic_quantize_f32.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1, 3));
  return std::vector{node.input(0).shape, Shape{}, Shape{}};
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output(0).dtype;
  if (from != Dtype::f32 || to != Dtype::s8 || node.output(1).dtype != Dtype::f32 ||
      node.output(2).dtype != Dtype::s8)
    return unsupported_types(from, to, "f32 -> s8");
  return node.input(0).shape.elements() == 0 ? "input has no elements" : "";
}

/// Model: a pass for the range, a pass that divides and rounds.
Work work(const NodeView& node) {
  return {.ops = 2 * node.input(0).shape.elements(),
          .read_bytes = 2 * node.input(0).bytes(),
          .write_bytes = node.output(0).bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call;
  call.kernel = "dynamic_quantize_f32";
  call.params = {{"count", node.input(0).shape.elements()}};
  call.inputs = {0};
  call.outputs = {0, 1, 2};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(node, {}), assay_dynamic_quantize_f32);
  assay_dynamic_quantize_f32(&params, buffers.in<float>(0).data(), buffers.out<int8_t>(0).data(),
                             buffers.out<float>(1).data(), buffers.out<int8_t>(2).data());
}

}  // namespace

extern const OpDef dynamic_quantize_linear_op = {
    .name = "dynamic_quantize_linear",
    .summary = "floats as int8 over the range that they have, with its scale and zero point",
    .types = "f32",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
