// floor_mod: a modulo b, of b's sign with broadcasting.
//
// Source: tflite-micro, kernels/floor_mod.cc; integers are LiteRT's only.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 f32";

}  // namespace

extern const OpDef floor_mod_op = {
    .name = "floor_mod",
    .summary = "a modulo b, of b's sign, broadcast",
    .types = kTypes,
    .tflite = {.name = "FLOOR_MOD", .opcode = 95, .options = 72, .max_version = 2},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::floor_mod, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::floor_mod>,
    .lower = pair_lower_of<PairOp::floor_mod>,
    .shares_input = shares_pair,
};

}  // namespace assay
