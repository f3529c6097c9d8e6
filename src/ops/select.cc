// select: from two tensors by a condition.
//
// Source: tflite-micro, kernels/select.cc; a condition along the first axis: TensorFlow's
// lite/kernels/select.cc.
#include "ops/select.h"

namespace assay {
namespace {

constexpr bool kByRows = true;

Result<std::vector<Shape>> infer(const NodeView& node) { return infer_select(node, kByRows); }

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  select_reference(node, buffers, kByRows);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return select_lower(node, kByRows); }

}  // namespace

extern const OpDef select_op = {
    .name = "select",
    .summary = "from two tensors by a condition",
    .types = "any of whole bytes",
    .tflite = {.name = "SELECT", .opcode = 64, .options = 47, .max_version = 4},
    .infer = infer,
    .unsupported = unsupported_select,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
