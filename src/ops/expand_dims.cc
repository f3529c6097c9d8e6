// expand_dims: inserts an axis of extent 1.
//
// Source: tflite-micro, kernels/expand_dims.cc.
#include "ops/view.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  const std::vector<int64_t> axes = TRY(constant_integers(node, 1, "axis"));
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  if (axes.size() != 1) return fail(ErrorKind::input, "axis has {} elements, needs 1", axes.size());
  Shape out = node.input(0).shape;
  const int axis = TRY(checked_axis(axes[0], out.rank() + 1));
  out.dims.insert(out.dims.begin() + axis, 1);
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "axis"); !why.empty()) return why;
  return view_unsupported(node);
}

}  // namespace

extern const OpDef expand_dims_op = {
    .name = "expand_dims",
    .summary = "inserts an axis of extent 1",
    .types = "any",
    .tflite = {.name = "EXPAND_DIMS", .opcode = 70, .options = 52, .max_version = 1},
    .infer = infer,
    .unsupported = unsupported,
    .work = view_work,
    .reference = view_reference,
    .lower = view_lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
