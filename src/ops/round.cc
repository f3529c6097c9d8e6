// round: the nearest integer, halves to the even one.
//
// Source: tflite-micro, reference/round.h.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::round};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef round_op = {
    .name = "round",
    .summary = "the nearest integer, halves to the even one",
    .types = kTypes,
    .tflite = {.name = "ROUND", .opcode = 116, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, round_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
