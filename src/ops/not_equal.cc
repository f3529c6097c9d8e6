// not_equal: a != b with broadcasting.
//
// Source: tflite-micro, kernels/comparisons.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s16 s32 s64 u8 bool f32";

}  // namespace

extern const OpDef not_equal_op = {
    .name = "not_equal",
    .summary = "a != b, broadcast",
    .types = kTypes,
    .tflite = {.name = "NOT_EQUAL", .opcode = 72, .options = 54, .max_version = 3},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::not_equal, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::not_equal>,
    .lower = pair_lower_of<PairOp::not_equal>,
    .shares_input = shares_pair,
};

}  // namespace assay
