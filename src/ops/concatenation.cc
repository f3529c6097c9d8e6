// concatenation: joins tensors along an axis.
//
// Quantised inputs must have the output's scale and zero point, as TFLM requires. Source:
// tflite-micro, kernels/concatenation.cc.
#include <numeric>

#include "ops/elementwise.h"
#include "ops/pieces.h"

namespace assay {
namespace {

Result<int> axis_of(const NodeView& node) {
  return checked_axis(node.attrs().integer("axis", 0), node.input(0).shape.rank());
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  if (node.inputs() < 1) return fail(ErrorKind::input, "has no inputs");
  TRY_STATUS(check_arity(node, node.inputs(), node.inputs()));
  const int axis = TRY(axis_of(node));
  Shape out = node.input(0).shape;
  int64_t extent = 0;
  for (int i = 0; i < node.inputs(); ++i) {
    Shape in = node.input(i).shape;
    if (in.rank() != out.rank())
      return fail(ErrorKind::input, "input {} has rank {}, input 0 rank {}", i, in.rank(),
                  out.rank());
    int32_t& along = in.dims[static_cast<size_t>(axis)];
    extent += along;
    along = out[axis];
    if (in != out)
      return fail(ErrorKind::input, "input {} is {}, which does not join {} along axis {}", i,
                  text(node.input(i).shape), text(node.input(0).shape), axis);
  }
  if (extent > INT32_MAX) return fail(ErrorKind::input, "axis {} has {} elements", axis, extent);
  out.dims[static_cast<size_t>(axis)] = static_cast<int32_t>(extent);
  return std::vector{std::move(out)};
}

std::vector<StridedCopy> copies_of(const NodeView& node) {
  const int axis = axis_of(node).value();
  const Shape out = infer(node).value()[0];
  const int64_t element = element_bytes(node.output().dtype);
  std::vector<StridedCopy> copies;
  int64_t offset = 0;
  for (int i = 0; i < node.inputs(); ++i) {
    const int64_t extent = node.input(i).shape[axis];
    copies.push_back(piece_copy(out, axis, offset, extent, element, false));
    offset += extent;
  }
  return copies;
}

std::string unsupported(const NodeView& node) {
  const std::string activation = node.attrs().word("activation", "none");
  if (activation != "none") return fmt::format("fused {} is not supported", activation);
  for (int i = 0; i < node.inputs(); ++i)
    if (std::string why = unsupported_copy(node, i); !why.empty()) return why;
  return {};
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

extern const OpDef concatenation_op = {
    .name = "concatenation",
    .summary = "joins tensors along an axis",
    .types = "any of whole bytes",
    .tflite = {.name = "CONCATENATION",
               .opcode = 2,
               .options = 10,
               .max_version = 4,
               .fields = {{"axis", 0, TfliteField::int32},
                          {"activation", 1, TfliteField::activation}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
