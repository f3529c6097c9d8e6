// log: natural logarithm.
//
// Source: tflite-micro, kernels/elementwise.cc; int8 is LiteRT's only.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::log};
constexpr std::string_view kTypes = "s8 f32";

}  // namespace

extern const OpDef log_op = {
    .name = "log",
    .summary = "natural logarithm",
    .types = kTypes,
    .tflite = {.name = "LOG", .opcode = 73, .max_version = 2},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, log_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
