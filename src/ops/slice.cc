// slice: a box of the input: `begin` and `size` by axis; a size of -1 reaches to the end.
//
// Source: tflite-micro, kernels/slice.cc.
#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  const Shape& in = node.input(0).shape;
  const std::vector<int64_t> begin = TRY(constant_integers(node, 1, "begin"));
  const std::vector<int64_t> size = TRY(constant_integers(node, 2, "size"));
  if (!node.input(1).is_constant || !node.input(2).is_constant)
    return std::vector{node.output().shape};
  if (begin.size() != in.dims.size() || size.size() != in.dims.size())
    return fail(ErrorKind::input, "begin has {} elements and size {}, the input {} axes",
                begin.size(), size.size(), in.rank());
  Shape out;
  for (size_t i = 0; i < begin.size(); ++i) {
    const int64_t extent = in.dims[i];
    if (begin[i] < 0 || begin[i] > extent || size[i] < -1 || size[i] > extent - begin[i])
      return fail(ErrorKind::input, "{} elements from {} on lie outside of axis {} with {}",
                  size[i], begin[i], i, extent);
    out.dims.push_back(static_cast<int32_t>(size[i] == -1 ? extent - begin[i] : size[i]));
  }
  return std::vector{std::move(out)};
}

StridedCopy copy_of(const NodeView& node) {
  const Tensor& in = node.input(0);
  const Shape out = infer(node).value()[0];
  const std::vector<int64_t> begin = constant_integers(node, 1, "begin").value();
  const int64_t bytes = element_bytes(in.dtype);
  const std::vector<int64_t> in_steps = dense_steps(in.shape);
  const std::vector<int64_t> out_steps = dense_steps(out);
  StridedCopy copy{.run_bytes = bytes};
  for (size_t i = 0; i < begin.size(); ++i) {
    copy.in_offset += begin[i] * in_steps[i] * bytes;
    copy.loops.push_back({out.dims[i], in_steps[i] * bytes, out_steps[i] * bytes});
  }
  return simplified(std::move(copy));
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "begin"); !why.empty()) return why;
  if (std::string why = not_constant(node, 2, "size"); !why.empty()) return why;
  return unsupported_copy(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  run_copy(copy_of(node), buffers.inputs[0], buffers.outputs[0]);
}

KernelCall lower(const NodeView& node, const LowerOptions&) { return lower_copy(copy_of(node), 0); }

}  // namespace

extern const OpDef slice_op = {
    .name = "slice",
    .summary = "a box of the input",
    .types = "any of whole bytes",
    .tflite = {.name = "SLICE", .opcode = 65, .options = 48, .max_version = 6},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
