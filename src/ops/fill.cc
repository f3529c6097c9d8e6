// fill: one value in all elements. Input 0 is the shape, input 1 the value.
//
// Source: tflite-micro, kernels/fill.cc.
#include "ops/broadcast.h"
#include "ops/moves.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (node.input(1).shape.elements() != 1)
    return fail(ErrorKind::input, "value has {} elements, needs 1", node.input(1).shape.elements());
  if (!node.input(0).is_constant) return std::vector{node.output().shape};
  return std::vector{TRY(constant_shape(node, 0, "shape"))};
}

Moves moves_of(const NodeView& node) {
  return {{broadcast_copy({}, node.output().shape, element_bytes(node.input(1).dtype))}};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 0, "shape"); !why.empty()) return why;
  return unsupported_copy(node, 1);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers, 1);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node), 1);
}

}  // namespace

extern const OpDef fill_op = {
    .name = "fill",
    .summary = "one value in all elements",
    .types = "any of whole bytes",
    .tflite = {.name = "FILL", .opcode = 94, .options = 68, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
