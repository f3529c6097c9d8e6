// zeros_like: zeros in the shape of the input; where it is quantised, its zero point.
//
// Source: tflite-micro, kernels/zeros_like.cc.
#include "ops/moves.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) { return infer_elementwise(node); }

std::string unsupported(const NodeView& node) { return unsupported_copy(node); }

Moves moves_of(const NodeView&) { return {.copies = {}, .zeros = true}; }

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef zeros_like_op = {
    .name = "zeros_like",
    .summary = "zeros in the shape of the input",
    .types = "any of whole bytes",
    .tflite = {.name = "ZEROS_LIKE", .opcode = 93, .options = 67, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
