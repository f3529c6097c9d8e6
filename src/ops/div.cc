// div: a / b with broadcasting.
//
// Source: tflite-micro, kernels/div.cc.
#include "ops/pair.h"

namespace assay {
namespace {

constexpr std::string_view kTypes = "s8 s32 f32";

}  // namespace

extern const OpDef div_op = {
    .name = "div",
    .summary = "a / b, broadcast",
    .types = kTypes,
    .tflite = {.name = "DIV",
               .opcode = 42,
               .options = 29,
               .max_version = 2,
               .fields = {{"activation", 0, TfliteField::activation}}},
    .infer = infer_broadcast,
    .unsupported = unsupported_pair_of<PairOp::div, kTypes>,
    .work = broadcast_work,
    .reference = pair_reference_of<PairOp::div>,
    .lower = pair_lower_of<PairOp::div>,
    .shares_input = shares_pair,
};

}  // namespace assay
