// neg: -x.
//
// Source: tflite-micro, kernels/neg.cc; integers are LiteRT's only.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::negated};
constexpr std::string_view kTypes = "s32 s64 f32";

}  // namespace

extern const OpDef neg_op = {
    .name = "neg",
    .summary = "-x",
    .types = kTypes,
    .tflite = {.name = "NEG", .opcode = 59, .options = 42, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, neg_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
