// padv2: a constant value around the input; input 2 is the value, quantised as the output.
//
// Source: tflite-micro, kernels/pad_common.cc, pad.cc.
#include "ops/padding.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  if (node.input(2).shape.elements() != 1)
    return fail(ErrorKind::input, "value has {} elements, needs 1", node.input(2).shape.elements());
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  Shape out = TRY(padded_shape(node));
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_padding(node); !why.empty()) return why;
  if (std::string why = not_constant(node, 2, "value"); !why.empty()) return why;
  const Tensor& value = node.input(2);
  const Tensor& out = node.output();
  if (value.dtype != out.dtype) return unsupported_types(value.dtype, out.dtype, "equal types");
  const bool equal =
      value.quant.scale == out.quant.scale && value.quant.zero_point == out.quant.zero_point;
  return equal ? "" : "value and output are quantised differently";
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  padding_reference(node, buffers, node.input(2).data);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return padding_lower(node, node.input(2).data);
}

}  // namespace

extern const OpDef padv2_op = {
    .name = "padv2",
    .summary = "a constant value around the input",
    .types = "s8 u8 s16 s32 f32",
    .tflite = {.name = "PADV2", .opcode = 60, .options = 43, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
