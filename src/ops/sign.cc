// sign: -1, 0 or 1.
//
// Source: TensorFlow's lite/kernels/sign.cc; TFLM has none.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::sign};
constexpr std::string_view kTypes = "s32 f32";

}  // namespace

extern const OpDef sign_op = {
    .name = "sign",
    .summary = "-1, 0 or 1",
    .types = kTypes,
    .tflite = {.name = "SIGN", .opcode = 158, .max_version = 2},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, sign_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
