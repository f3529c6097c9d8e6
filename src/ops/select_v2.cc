// select_v2: from two tensors by a condition, broadcast.
//
// Source: tflite-micro, kernels/select.cc, reference/select.h.
#include "ops/select.h"

namespace assay {
namespace {

constexpr bool kByRows = false;

Result<std::vector<Shape>> infer(const NodeView& node) { return infer_select(node, kByRows); }

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  select_reference(node, buffers, kByRows);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return select_lower(node, kByRows); }

}  // namespace

extern const OpDef select_v2_op = {
    .name = "select_v2",
    .summary = "from two tensors by a condition, broadcast",
    .types = "any of whole bytes",
    .tflite = {.name = "SELECT_V2", .opcode = 123, .options = 98, .max_version = 2},
    .infer = infer,
    .unsupported = unsupported_select,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
