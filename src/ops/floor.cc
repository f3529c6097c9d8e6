// floor: the next integer below.
//
// Source: tflite-micro, kernels/floor.cc.
#include "ops/unary.h"

namespace assay {
namespace {

constexpr Unary kWhat = {UnaryOp::floor};
constexpr std::string_view kTypes = "f32";

}  // namespace

extern const OpDef floor_op = {
    .name = "floor",
    .summary = "the next integer below",
    .types = kTypes,
    .tflite = {.name = "FLOOR", .opcode = 8, .max_version = 1},
    .infer = infer_elementwise,
    .unsupported = unsupported_unary_of<kWhat, kTypes>,
    .work = elementwise_work,
    .reference = unary_reference_of<kWhat>,
    .lower = unary_lower_of<kWhat, floor_op>,
    .shares_input = shares_first_input,
};

}  // namespace assay
