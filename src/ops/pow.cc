// pow: a to the power of b with broadcasting.
//
// Source: TensorFlow's lite/kernels/pow.cc; TFLM has none.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s32 f32";

}  // namespace

extern const OpDef pow_op = {
    .name = "pow",
    .summary = "a to the power of b, broadcast",
    .types = kTypes,
    .tflite = {.name = "POW", .opcode = 78, .options = 56, .max_version = 1},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::pow, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::pow>,
    .lower = pair_lower_of<PairOp::pow>,
    .shares_input = shares_pair,
};

}  // namespace assay
