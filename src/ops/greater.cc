// greater: a > b with broadcasting.
//
// Source: tflite-micro, kernels/comparisons.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 f32";

}  // namespace

extern const OpDef greater_op = {
    .name = "greater",
    .summary = "a > b, broadcast",
    .types = kTypes,
    .tflite = {.name = "GREATER", .opcode = 61, .options = 44, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::greater, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::greater>,
    .lower = pair_lower_of<PairOp::greater>,
    .shares_input = shares_pair,
};

}  // namespace assay
