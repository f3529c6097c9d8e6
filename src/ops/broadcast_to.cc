// broadcast_to: a tensor repeated into a larger shape.
//
// Source: tflite-micro, kernels/broadcast_to.cc.
#include "ops/broadcast.h"
#include "ops/moves.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const Shape wanted = TRY(constant_shape(node, 1, "shape"));
  if (TRY(broadcast_shape(node.input(0).shape, wanted)) != wanted)
    return fail(ErrorKind::input, "{} does not repeat into {}", text(node.input(0).shape),
                text(wanted));
  return std::vector{wanted};
}

Moves moves_of(const NodeView& node) {
  return {{broadcast_copy(node.input(0).shape, node.output().shape,
                          element_bytes(node.input(0).dtype))}};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "shape"); !why.empty()) return why;
  if (std::string why = unsupported_copy(node); !why.empty()) return why;
  return unsupported_moves(moves_of(node));
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef broadcast_to_op = {
    .name = "broadcast_to",
    .summary = "repeated into a larger shape",
    .types = "any of whole bytes",
    .tflite = {.name = "BROADCAST_TO", .opcode = 130, .options = 104, .max_version = 3},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
