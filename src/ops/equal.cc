// equal: a == b with broadcasting.
//
// Source: tflite-micro, kernels/comparisons.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 bool f32";

}  // namespace

extern const OpDef equal_op = {
    .name = "equal",
    .summary = "a == b, broadcast",
    .types = kTypes,
    .tflite = {.name = "EQUAL", .opcode = 71, .options = 53, .max_version = 4},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::equal, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::equal>,
    .lower = pair_lower_of<PairOp::equal>,
    .shares_input = shares_pair,
};

}  // namespace assay
