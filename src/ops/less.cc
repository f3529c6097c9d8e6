// less: a < b with broadcasting.
//
// Source: tflite-micro, kernels/comparisons.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 f32";

}  // namespace

extern const OpDef less_op = {
    .name = "less",
    .summary = "a < b, broadcast",
    .types = kTypes,
    .tflite = {.name = "LESS", .opcode = 58, .options = 41, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::less, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::less>,
    .lower = pair_lower_of<PairOp::less>,
    .shares_input = shares_pair,
};

}  // namespace assay
