// where: the places at which a condition holds, one row of indices each. Of a constant condition
// alone: how many rows a computed one has, only the run would tell.
//
// Source: TensorFlow's lite/kernels/where.cc; TFLM has none.
#include <algorithm>

#include "ops/known.h"

namespace assay {
namespace {

std::span<const uint8_t> holds(const NodeView& node) { return node.input(0).values<uint8_t>(); }

bool is_known(const NodeView& node) {
  return node.input(0).is_constant && node.input(0).dtype == Dtype::boolean;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  if (!is_known(node)) return std::vector{node.output().shape};
  const auto rows = std::ranges::count_if(holds(node), [](uint8_t each) { return each != 0; });
  return std::vector{Shape{{static_cast<int32_t>(rows), node.input(0).shape.rank()}}};
}

std::string unsupported(const NodeView& node) {
  if (!node.input(0).is_constant)
    return "its condition is computed, so that its size is not known; select_v2 has a fixed one";
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  return from == Dtype::boolean && to == Dtype::s64 ? ""
                                                    : unsupported_types(from, to, "bool -> s64");
}

std::vector<std::byte> bytes_of(const NodeView& node) {
  const std::vector<int32_t>& dims = node.input(0).shape.dims;
  std::vector<int64_t> indices;
  const auto condition = holds(node);
  for (size_t i = 0; i < condition.size(); ++i) {
    if (condition[i] == 0) continue;
    indices.resize(indices.size() + dims.size());
    auto rest = static_cast<int64_t>(i);
    for (size_t k = 0; k < dims.size(); ++k) {
      const int32_t extent = dims[dims.size() - 1 - k];
      indices[indices.size() - 1 - k] = rest % extent;
      rest /= extent;
    }
  }
  return known_bytes(node, indices);
}

}  // namespace

extern const OpDef where_op = {
    .name = "where",
    .summary = "the places at which a constant condition holds",
    .types = "bool -> s64",
    .tflite = {.name = "WHERE", .opcode = 109, .options = 85, .max_version = 2},
    .infer = infer,
    .unsupported = unsupported,
    .work = known_work,
    .reference = known_reference<bytes_of>,
    .lower = known_lower<bytes_of>,
};

}  // namespace assay
