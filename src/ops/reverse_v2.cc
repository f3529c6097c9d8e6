// reverse_v2: the elements of some axes in reverse.
//
// Source: tflite-micro, kernels/reverse.cc, reference/reverse.h.
#include "ops/moves.h"

namespace assay {
namespace {

Result<std::vector<bool>> turned_axes(const NodeView& node) {
  std::vector<bool> turned(node.input(0).shape.dims.size(), false);
  for (const int64_t wanted : TRY(constant_integers(node, 1, "axes")))
    turned[static_cast<size_t>(TRY(checked_axis(wanted, node.input(0).shape.rank())))] = true;
  return turned;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  TRY(turned_axes(node));
  return std::vector{node.input(0).shape};
}

Moves moves_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  const std::vector<bool> turned = turned_axes(node).value();
  const std::vector<int64_t> steps = dense_steps(shape);
  const int64_t element = element_bytes(node.input(0).dtype);
  StridedCopy copy{.run_bytes = element};
  for (size_t i = 0; i < steps.size(); ++i) {
    const int64_t step = steps[i] * element;
    if (turned[i] && shape.elements() > 0) copy.in_offset += (shape.dims[i] - 1) * step;
    copy.loops.push_back({shape.dims[i], turned[i] ? -step : step, step});
  }
  return {{simplified(copy)}};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "axes"); !why.empty()) return why;
  return unsupported_copy(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef reverse_v2_op = {
    .name = "reverse_v2",
    .summary = "the elements of some axes in reverse",
    .types = "any of whole bytes",
    .tflite = {.name = "REVERSE_V2", .opcode = 105, .options = 81, .max_version = 3},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
