// sqrt: square root.
//
// Source: tflite-micro, kernels/elementwise.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::sqrt};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef sqrt_op = {
    .name = "sqrt",
    .summary = "square root",
    .types = kTypes,
    .tflite = {.name = "SQRT", .opcode = 75, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, sqrt_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
