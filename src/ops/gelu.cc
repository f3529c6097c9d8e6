// gelu: x times the normal distribution's share below x.
//
// Source: TensorFlow's lite/kernels/gelu.cc; TFLM has none.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::gelu};
constexpr std::string_view kTypes = "s8 f32";

}  // namespace

extern const OpDef gelu_op = {
    .name = "gelu",
    .summary = "x times the normal distribution's share below x",
    .types = kTypes,
    .tflite = {.name = "GELU",
               .opcode = 150,
               .options = 116,
               .max_version = 2,
               .fields = {{"approximate", 0, TfliteField::boolean}}},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, gelu_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
