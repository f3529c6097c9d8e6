// relu_0_to_1: x between 0 and 1.
//
// Source: TensorFlow's lite/kernels/activations.cc; TFLM has none.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::bounds, 0.0F, 1.0F};
constexpr std::string_view kTypes = "s8 f32";

}  // namespace

extern const OpDef relu_0_to_1_op = {
    .name = "relu_0_to_1",
    .summary = "x between 0 and 1",
    .types = kTypes,
    .tflite = {.name = "RELU_0_TO_1", .opcode = 152, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, relu_0_to_1_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
