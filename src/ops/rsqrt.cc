// rsqrt: 1 / the square root.
//
// Source: tflite-micro, kernels/elementwise.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::rsqrt};
constexpr std::string_view kTypes = "s8 s16 f32";

}  // namespace

extern const OpDef rsqrt_op = {
    .name = "rsqrt",
    .summary = "1 / the square root",
    .types = kTypes,
    .tflite = {.name = "RSQRT", .opcode = 76, .max_version = 3},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, rsqrt_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
