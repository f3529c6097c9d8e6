// tile: the whole tensor again and again along each axis.
//
// Source: TensorFlow's lite/kernels/tile.cc; TFLM has none.
#include <algorithm>

#include "ops/moves.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const std::vector<int64_t> times = TRY(constant_integers(node, 1, "multiples"));
  Shape out = node.input(0).shape;
  if (times.size() != out.dims.size())
    return fail(ErrorKind::input, "multiples has {} elements, the input {} axes", times.size(),
                out.rank());
  for (size_t i = 0; i < times.size(); ++i) {
    if (times[i] < 0 || times[i] > (int64_t{1} << 31) / std::max(out.dims[i], 1))
      return fail(ErrorKind::input, "axis {} cannot repeat {} times", i, times[i]);
    out.dims[i] = static_cast<int32_t>(out.dims[i] * times[i]);
  }
  return std::vector{std::move(out)};
}

Moves moves_of(const NodeView& node) {
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  const int64_t element = element_bytes(node.input(0).dtype);
  const std::vector<int64_t> from = dense_steps(in), to = dense_steps(out);
  StridedCopy copy{.run_bytes = out.elements() == 0 ? 0 : element};
  for (size_t i = 0; i < from.size() && copy.run_bytes > 0; ++i) {
    copy.loops.push_back({out.dims[i] / in.dims[i], 0, to[i] * in.dims[i] * element});
    copy.loops.push_back({in.dims[i], from[i] * element, to[i] * element});
  }
  return {{simplified(copy)}};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "multiples"); !why.empty()) return why;
  if (std::string why = unsupported_copy(node); !why.empty()) return why;
  if (node.input(0).shape.rank() != node.output().shape.rank()) return "its output is a scalar";
  return unsupported_moves(moves_of(node));
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_moves(moves_of(node), buffers);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_moves(node, moves_of(node));
}

}  // namespace

extern const OpDef tile_op = {
    .name = "tile",
    .summary = "the whole again and again along each axis",
    .types = "any of whole bytes",
    .tflite = {.name = "TILE", .opcode = 69, .options = 51, .max_version = 3},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
