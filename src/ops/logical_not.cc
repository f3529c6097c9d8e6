// logical_not: not x.
//
// Source: tflite-micro, kernels/elementwise.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::bounds};
constexpr std::string_view kTypes = "bool";

}  // namespace

extern const OpDef logical_not_op = {
    .name = "logical_not",
    .summary = "not x",
    .types = kTypes,
    .tflite = {.name = "LOGICAL_NOT", .opcode = 87, .options = 63, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, logical_not_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
