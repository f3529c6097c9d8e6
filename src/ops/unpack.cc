// unpack: the slices along an axis, which they lose.
//
// Source: tflite-micro, kernels/unpack.cc.
#include <numeric>

#include "ops/elementwise.h"
#include "ops/pieces.h"

namespace assay {
namespace {

Result<int> axis_of(const NodeView& node) {
  return checked_axis(node.attrs().integer("axis", 0), node.input(0).shape.rank());
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1, node.outputs()));
  const int axis = TRY(axis_of(node));
  Shape slice = node.input(0).shape;
  if (slice[axis] != node.outputs())
    return fail(ErrorKind::input, "axis {} has {} elements for {} outputs", axis, slice[axis],
                node.outputs());
  slice.dims.erase(slice.dims.begin() + axis);
  return std::vector<Shape>(static_cast<size_t>(node.outputs()), slice);
}

std::string unsupported(const NodeView& node) { return unsupported_copy(node); }

std::vector<StridedCopy> copies_of(const NodeView& node) {
  const int axis = axis_of(node).value();
  std::vector<StridedCopy> copies;
  for (int i = 0; i < node.outputs(); ++i)
    copies.push_back(
        piece_copy(node.input(0).shape, axis, i, 1, element_bytes(node.input(0).dtype), true));
  return copies;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const std::vector<StridedCopy> copies = copies_of(node);
  for (size_t i = 0; i < copies.size(); ++i)
    run_copy(copies[i], buffers.inputs[0], buffers.outputs[i]);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  std::vector<int> outputs(static_cast<size_t>(node.outputs()));
  std::iota(outputs.begin(), outputs.end(), 0);
  return lower_pieces(copies_of(node), std::vector<int>(outputs.size(), 0), outputs);
}

}  // namespace

extern const OpDef unpack_op = {
    .name = "unpack",
    .summary = "the slices along an axis",
    .types = "any of whole bytes",
    .tflite = {.name = "UNPACK",
               .opcode = 88,
               .options = 64,
               .max_version = 4,
               .fields = {{"num", 0, TfliteField::int32}, {"axis", 1, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
