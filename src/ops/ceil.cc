// ceil: the next integer above.
//
// Source: tflite-micro, kernels/ceil.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::ceil};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef ceil_op = {
    .name = "ceil",
    .summary = "the next integer above",
    .types = kTypes,
    .tflite = {.name = "CEIL", .opcode = 104, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, ceil_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
