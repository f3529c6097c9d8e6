// shape: the extents of the input, which are known before anything runs.
//
// Source: tflite-micro, kernels/shape.cc; int64 is LiteRT's only.
#include "ops/known.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  return std::vector{Shape{{node.input(0).shape.rank()}}};
}

std::vector<std::byte> bytes_of(const NodeView& node) {
  const std::vector<int32_t>& dims = node.input(0).shape.dims;
  return known_bytes(node, {dims.begin(), dims.end()});
}

}  // namespace

extern const OpDef shape_op = {
    .name = "shape",
    .summary = "the extents of the input",
    .types = "any -> s32 s64",
    .tflite = {.name = "SHAPE",
               .opcode = 77,
               .options = 55,
               .max_version = 1,
               .fields = {{"out_type", 0, TfliteField::int8}}},
    .infer = infer,
    .unsupported = unsupported_known,
    .work = known_work,
    .reference = known_reference<bytes_of>,
    .lower = known_lower<bytes_of>,
};

}  // namespace assay
