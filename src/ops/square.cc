// square: x * x.
//
// Source: tflite-micro, kernels/elementwise.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::square};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef square_op = {
    .name = "square",
    .summary = "x * x",
    .types = kTypes,
    .tflite = {.name = "SQUARE", .opcode = 92, .options = 66, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, square_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
