// gather_nd: slices of the first axes by tuples of numbers.
//
// Source: tflite-micro, kernels/gather_nd.cc.
#include "ops/gather_nd.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  const Shape& in = node.input(0).shape;
  const Shape& indices = node.input(1).shape;
  if (indices.rank() < 1 || indices[indices.rank() - 1] > in.rank())
    return fail(ErrorKind::input, "indices {} for {}", text(indices), text(in));
  Shape out;
  out.dims.assign(indices.dims.begin(), indices.dims.end() - 1);
  out.dims.insert(out.dims.end(), in.dims.begin() + indices.dims.back(), in.dims.end());
  return std::vector{std::move(out)};
}

Tuples tuples_of(const NodeView& node) {
  return assay::tuples_of(node.input(1).shape, node.input(0).shape,
                          element_bytes(node.input(0).dtype));
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_indices(node, 1); !why.empty()) return why;
  if (node.input(0).shape.elements() == 0) return "input has no elements";
  return unsupported_copy(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const Tuples tuples = tuples_of(node);
  for (int64_t i = 0; i < tuples.count; ++i)
    std::memcpy(buffers.outputs[0].data() + i * tuples.run,
                buffers.inputs[0].data() + tuple_at(node, buffers, tuples, 1, i),
                static_cast<size_t>(tuples.run));
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_tuples(node, tuples_of(node), false, 0, 1);
}

}  // namespace

extern const OpDef gather_nd_op = {
    .name = "gather_nd",
    .summary = "slices by tuples of numbers",
    .types = "any of whole bytes",
    .tflite = {.name = "GATHER_ND", .opcode = 107, .options = 83, .max_version = 5},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
