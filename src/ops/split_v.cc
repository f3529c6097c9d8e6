// split_v: pieces of given extents along an axis; one may be -1, "the rest". Inputs: the tensor,
// the extents, the axis.
//
// Source: tflite-micro, kernels/split_v.cc.
#include "ops/split_pieces.h"

namespace assay {
namespace {

Result<std::vector<int64_t>> extents_of(const NodeView& node, int64_t whole) {
  std::vector<int64_t> extents = TRY(constant_integers(node, 1, "sizes"));
  if (std::cmp_not_equal(extents.size(), node.outputs()))
    return fail(ErrorKind::input, "sizes has {} elements for {} outputs", extents.size(),
                node.outputs());
  int64_t known = 0;
  int64_t* open = nullptr;
  for (int64_t& extent : extents) {
    if (extent < -1 || extent > whole || (extent == -1 && open))
      return fail(ErrorKind::input, "sizes has an extent of {}", extent);
    if (extent == -1)
      open = &extent;
    else
      known += extent;
  }
  if (open && known <= whole) *open = whole - known;
  if (known > whole || (!open && known != whole))
    return fail(ErrorKind::input, "sizes add up to {}, the axis has {}", known, whole);
  return extents;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3, node.outputs()));
  if (node.outputs() < 1) return fail(ErrorKind::input, "has no outputs");
  std::vector<Shape> shapes;
  if (!node.input(1).is_constant || !node.input(2).is_constant) {
    for (int i = 0; i < node.outputs(); ++i) shapes.push_back(node.output(i).shape);
    return shapes;
  }
  const int axis = TRY(split_axis(node, 2, 0));
  const Shape& in = node.input(0).shape;
  const std::vector<int64_t> extents = TRY(extents_of(node, in[axis]));
  for (const int64_t extent : extents) {
    shapes.push_back(in);
    shapes.back().dims[static_cast<size_t>(axis)] = static_cast<int32_t>(extent);
  }
  return shapes;
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "sizes"); !why.empty()) return why;
  if (std::string why = not_constant(node, 2, "axis"); !why.empty()) return why;
  return unsupported_copy(node);
}

std::vector<StridedCopy> copies_of(const NodeView& node) {
  return split_copies(node, infer(node).value(), 2, 0);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  split_reference(copies_of(node), buffers, 0);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return split_lower(copies_of(node), 0);
}

}  // namespace

extern const OpDef split_v_op = {
    .name = "split_v",
    .summary = "pieces of given extents along an axis",
    .types = "any of whole bytes",
    .tflite = {.name = "SPLIT_V",
               .opcode = 102,
               .options = 79,
               .max_version = 2,
               .fields = {{"num_splits", 0, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
