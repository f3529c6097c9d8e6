// logical_or: a or b with broadcasting.
//
// Source: tflite-micro, kernels/logical.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "bool";

}  // namespace

extern const OpDef logical_or_op = {
    .name = "logical_or",
    .summary = "a or b, broadcast",
    .types = kTypes,
    .tflite = {.name = "LOGICAL_OR", .opcode = 84, .options = 60, .max_version = 1},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::logical_or, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::logical_or>,
    .lower = pair_lower_of<PairOp::logical_or>,
    .shares_input = shares_pair,
};

}  // namespace assay
