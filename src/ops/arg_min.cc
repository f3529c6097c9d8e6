// arg_min: where the smallest element stands along an axis; the first of equals.
//
// Source: tflite-micro, kernels/arg_min_max.cc, reference/arg_min_max.h; int64 indices are
// LiteRT's only.
#include "ops/arg.h"

namespace assay {
namespace {

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  arg_reference(node, buffers, true);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return arg_lower(node, true); }

}  // namespace

extern const OpDef arg_min_op = {
    .name = "arg_min",
    .summary = "where the smallest element stands along an axis",
    .types = "s8 f32 -> s32 s64",
    .tflite = {.name = "ARG_MIN", .opcode = 79, .options = 57, .max_version = 3},
    .infer = infer_arg,
    .unsupported = unsupported_arg,
    .work = arg_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
