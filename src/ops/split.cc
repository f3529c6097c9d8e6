// split: equal pieces along an axis. Input 0 is the axis, input 1 the tensor.
//
// Source: tflite-micro, kernels/split.cc.
#include "ops/split_pieces.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2, node.outputs()));
  if (node.outputs() < 1) return fail(ErrorKind::input, "has no outputs");
  std::vector<Shape> shapes;
  if (!node.input(0).is_constant) {
    for (int i = 0; i < node.outputs(); ++i) shapes.push_back(node.output(i).shape);
    return shapes;
  }
  const int axis = TRY(split_axis(node, 0, 1));
  Shape piece = node.input(1).shape;
  int32_t& extent = piece.dims[static_cast<size_t>(axis)];
  if (extent % node.outputs() != 0)
    return fail(ErrorKind::input, "axis {} of {} cannot be split into {} equal pieces", axis,
                extent, node.outputs());
  extent /= node.outputs();
  shapes.assign(static_cast<size_t>(node.outputs()), piece);
  return shapes;
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 0, "axis"); !why.empty()) return why;
  return unsupported_copy(node, 1);
}

std::vector<StridedCopy> copies_of(const NodeView& node) {
  return split_copies(node, infer(node).value(), 0, 1);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  split_reference(copies_of(node), buffers, 1);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return split_lower(copies_of(node), 1);
}

}  // namespace

extern const OpDef split_op = {
    .name = "split",
    .summary = "equal pieces along an axis",
    .types = "any of whole bytes",
    .tflite = {.name = "SPLIT",
               .opcode = 49,
               .options = 35,
               .max_version = 4,
               .fields = {{"num_splits", 0, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
