// sin: sine.
//
// Source: tflite-micro, kernels/elementwise.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::sin};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef sin_op = {
    .name = "sin",
    .summary = "sine",
    .types = kTypes,
    .tflite = {.name = "SIN", .opcode = 66, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, sin_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
