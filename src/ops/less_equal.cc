// less_equal: a <= b with broadcasting.
//
// Source: tflite-micro, kernels/comparisons.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 f32";

}  // namespace

extern const OpDef less_equal_op = {
    .name = "less_equal",
    .summary = "a <= b, broadcast",
    .types = kTypes,
    .tflite = {.name = "LESS_EQUAL", .opcode = 63, .options = 46, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::less_equal, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::less_equal>,
    .lower = pair_lower_of<PairOp::less_equal>,
    .shares_input = shares_pair,
};

}  // namespace assay
