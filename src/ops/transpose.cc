// transpose: reorders axes; output axis i is input axis perm[i].
//
// Source: tflite-micro, kernels/transpose_common.cc.
#include <algorithm>

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  const Shape& in = node.input(0).shape;
  const std::vector<int64_t> perm = TRY(constant_integers(node, 1, "permutation"));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  if (std::cmp_not_equal(perm.size(), in.rank()))
    return fail(ErrorKind::input, "permutation has {} elements, the input {} axes", perm.size(),
                in.rank());
  std::vector<bool> seen(perm.size(), false);
  Shape out;
  for (const int64_t wanted : perm) {
    const int axis = TRY(checked_axis(wanted, in.rank()));
    if (seen[static_cast<size_t>(axis)])
      return fail(ErrorKind::input, "permutation names axis {} twice", axis);
    seen[static_cast<size_t>(axis)] = true;
    out.dims.push_back(in[axis]);
  }
  return std::vector{std::move(out)};
}

StridedCopy copy_of(const NodeView& node) {
  const Tensor& in = node.input(0);
  const std::vector<int64_t> perm = constant_integers(node, 1, "permutation").value();
  const int64_t size = element_bytes(in.dtype);
  const std::vector<int64_t> in_steps = dense_steps(in.shape);
  const std::vector<int64_t> out_steps = dense_steps(infer(node).value()[0]);
  StridedCopy copy{.run_bytes = size};
  for (size_t i = 0; i < perm.size(); ++i) {
    const auto axis = static_cast<size_t>(perm[i] < 0 ? perm[i] + in.shape.rank() : perm[i]);
    copy.loops.push_back({in.shape.dims[axis], in_steps[axis] * size, out_steps[i] * size});
  }
  return simplified(std::move(copy));
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "permutation"); !why.empty()) return why;
  return unsupported_copy(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_copy(copy_of(node), buffers.inputs[0], buffers.outputs[0]);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return lower_copy(copy_of(node), 0); }

}  // namespace

extern const OpDef transpose_op = {
    .name = "transpose",
    .summary = "reorders axes",
    .types = "any of whole bytes",
    .tflite = {.name = "TRANSPOSE", .opcode = 39, .options = 26, .max_version = 6},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
