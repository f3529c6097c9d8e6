// squared_difference: (a - b)^2 with broadcasting.
//
// Source: tflite-micro, kernels/squared_difference.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 f32";

}  // namespace

extern const OpDef squared_difference_op = {
    .name = "squared_difference",
    .summary = "(a - b)^2, broadcast",
    .types = kTypes,
    .tflite = {.name = "SQUARED_DIFFERENCE", .opcode = 99, .options = 76, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::squared_difference, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::squared_difference>,
    .lower = pair_lower_of<PairOp::squared_difference>,
    .shares_input = shares_pair,
};

}  // namespace assay
