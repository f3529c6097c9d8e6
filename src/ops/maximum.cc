// maximum: the larger of a and b with broadcasting.
//
// Source: tflite-micro, kernels/maximum_minimum.cc; u8 is LiteRT's only.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 f32";

}  // namespace

extern const OpDef maximum_op = {
    .name = "maximum",
    .summary = "the larger of a and b, broadcast",
    .types = kTypes,
    .tflite = {.name = "MAXIMUM", .opcode = 55, .options = 39, .max_version = 4},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::maximum, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::maximum>,
    .lower = pair_lower_of<PairOp::maximum>,
    .shares_input = shares_pair,
};

}  // namespace assay
