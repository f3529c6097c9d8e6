// pack: tensors of one shape along a new axis.
//
// Source: tflite-micro, kernels/pack.cc.
#include <algorithm>
#include <numeric>

#include "ops/elementwise.h"
#include "ops/pieces.h"

namespace assay {
namespace {

/// The new axis, counted from the front.
Result<int> axis_of(const NodeView& node) {
  return checked_axis(node.attrs().integer("axis", 0), node.input(0).shape.rank() + 1);
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, std::max(node.inputs(), 1)));
  Shape out = node.input(0).shape;
  for (int i = 1; i < node.inputs(); ++i) {
    if (!node.has_input(i)) return fail(ErrorKind::input, "input {} is missing", i);
    if (node.input(i).shape != out)
      return fail(ErrorKind::input, "input {} is {}, input 0 {}", i, text(node.input(i).shape),
                  text(out));
  }
  out.dims.insert(out.dims.begin() + TRY(axis_of(node)), node.inputs());
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  for (int i = 0; i < node.inputs(); ++i)
    if (std::string why = unsupported_copy(node, i); !why.empty()) return why;
  if (node.output().shape.rank() != node.input(0).shape.rank() + 1) return "its output is a scalar";
  return {};
}

std::vector<StridedCopy> copies_of(const NodeView& node) {
  const int axis = axis_of(node).value();
  std::vector<StridedCopy> copies;
  for (int i = 0; i < node.inputs(); ++i)
    copies.push_back(
        piece_copy(node.output().shape, axis, i, 1, element_bytes(node.output().dtype), false));
  return copies;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const std::vector<StridedCopy> copies = copies_of(node);
  for (size_t i = 0; i < copies.size(); ++i)
    run_copy(copies[i], buffers.inputs[i], buffers.outputs[0]);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  std::vector<int> inputs(static_cast<size_t>(node.inputs()));
  std::iota(inputs.begin(), inputs.end(), 0);
  return lower_pieces(copies_of(node), inputs, std::vector<int>(inputs.size(), 0));
}

}  // namespace

extern const OpDef pack_op = {
    .name = "pack",
    .summary = "tensors along a new axis",
    .types = "any of whole bytes",
    .tflite = {.name = "PACK",
               .opcode = 83,
               .options = 59,
               .max_version = 4,
               .fields = {{"values_count", 0, TfliteField::int32},
                          {"axis", 1, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
