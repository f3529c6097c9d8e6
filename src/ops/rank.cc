// rank: how many axes the input has, which is known before anything runs.
//
// Source: TensorFlow's lite/kernels/rank.cc; TFLM has none.
#include "ops/known.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  return std::vector{Shape{}};
}

std::vector<std::byte> bytes_of(const NodeView& node) {
  return known_bytes(node, {node.input(0).shape.rank()});
}

}  // namespace

extern const OpDef rank_op = {
    .name = "rank",
    .summary = "how many axes the input has",
    .types = "any -> s32 s64",
    .tflite = {.name = "RANK", .opcode = 110, .options = 86, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported_known,
    .work = known_work,
    .reference = known_reference<bytes_of>,
    .lower = known_lower<bytes_of>,
};

}  // namespace assay
