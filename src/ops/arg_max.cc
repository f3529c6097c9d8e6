// arg_max: where the largest element stands along an axis; the first of equals.
//
// Source: tflite-micro, kernels/arg_min_max.cc, reference/arg_min_max.h; int64 indices are
// LiteRT's only.
#include "ops/arg.h"

namespace assay {
namespace {

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  arg_reference(node, buffers, false);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return arg_lower(node, false); }

}  // namespace

extern const OpDef arg_max_op = {
    .name = "arg_max",
    .summary = "where the largest element stands along an axis",
    .types = "s8 f32 -> s32 s64",
    .tflite = {.name = "ARG_MAX", .opcode = 56, .options = 40, .max_version = 3},
    .infer = infer_arg,
    .unsupported = unsupported_arg,
    .work = arg_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
