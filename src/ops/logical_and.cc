// logical_and: a and b with broadcasting.
//
// Source: tflite-micro, kernels/logical.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "bool";

}  // namespace

extern const OpDef logical_and_op = {
    .name = "logical_and",
    .summary = "a and b, broadcast",
    .types = kTypes,
    .tflite = {.name = "LOGICAL_AND", .opcode = 86, .options = 62, .max_version = 1},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::logical_and, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::logical_and>,
    .lower = pair_lower_of<PairOp::logical_and>,
    .shares_input = shares_pair,
};

}  // namespace assay
