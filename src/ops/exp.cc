// exp: e to the power of x.
//
// Source: tflite-micro, kernels/exp.cc; int8 is LiteRT's only (lite/kernels/exp.cc).
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::exp};
constexpr std::string_view kTypes = "s8 f32";

}  // namespace

extern const OpDef exp_op = {
    .name = "exp",
    .summary = "e to the power of x",
    .types = kTypes,
    .tflite = {.name = "EXP", .opcode = 47, .options = 33, .max_version = 2},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, exp_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
