// floor_div: the floor of a / b with broadcasting.
//
// Source: tflite-micro, kernels/floor_div.cc; s8, s16 and s32 as they are, without scales, as
// LiteRT has them.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 f32";

}  // namespace

extern const OpDef floor_div_op = {
    .name = "floor_div",
    .summary = "the floor of a / b, broadcast",
    .types = kTypes,
    .tflite = {.name = "FLOOR_DIV", .opcode = 90, .options = 65, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::floor_div, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::floor_div>,
    .lower = pair_lower_of<PairOp::floor_div>,
    .shares_input = shares_pair,
};

}  // namespace assay
