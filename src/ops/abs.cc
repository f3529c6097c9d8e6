// abs: the magnitude of x.
//
// Source: tflite-micro, kernels/elementwise.cc; s32 is LiteRT's only.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::magnitude};
constexpr std::string_view kTypes = "s8 s16 s32 f32";

}  // namespace

extern const OpDef abs_op = {
    .name = "abs",
    .summary = "the magnitude of x",
    .types = kTypes,
    .tflite = {.name = "ABS", .opcode = 101, .options = 78, .max_version = 5},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, abs_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
