// cos: cosine.
//
// Source: tflite-micro, kernels/elementwise.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::cos};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef cos_op = {
    .name = "cos",
    .summary = "cosine",
    .types = kTypes,
    .tflite = {.name = "COS", .opcode = 108, .options = 84, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, cos_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
