// elu: x, or exp(x) - 1 below 0.
//
// Source: tflite-micro, kernels/elu.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::elu};
constexpr std::string_view kTypes = "s8 f32";

}  // namespace

extern const OpDef elu_op = {
    .name = "elu",
    .summary = "x, or exp(x) - 1 below 0",
    .types = kTypes,
    .tflite = {.name = "ELU", .opcode = 111, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, elu_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
