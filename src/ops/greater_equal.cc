// greater_equal: a >= b with broadcasting.
//
// Source: tflite-micro, kernels/comparisons.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 f32";

}  // namespace

extern const OpDef greater_equal_op = {
    .name = "greater_equal",
    .summary = "a >= b, broadcast",
    .types = kTypes,
    .tflite = {.name = "GREATER_EQUAL", .opcode = 62, .options = 45, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::greater_equal, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::greater_equal>,
    .lower = pair_lower_of<PairOp::greater_equal>,
    .shares_input = shares_pair,
};

}  // namespace assay
