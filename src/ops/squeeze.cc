// squeeze: drops axes of extent 1, those named or all.
//
// Source: tflite-micro, kernels/squeeze.cc.
#include "ops/view.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  const Shape& in = node.input(0).shape;
  const std::vector<int64_t> named = node.attrs().integers("squeeze_dims");
  std::vector<bool> drop(in.dims.size(), false);
  for (size_t axis = 0; axis < drop.size(); ++axis)
    drop[axis] = named.empty() && in.dims[axis] == 1;
  for (const int64_t wanted : named) {
    const int axis = TRY(checked_axis(wanted, in.rank()));
    if (in[axis] != 1)
      return fail(ErrorKind::input, "axis {} has {} elements, not 1", axis, in[axis]);
    drop[static_cast<size_t>(axis)] = true;
  }
  Shape out;
  for (size_t axis = 0; axis < drop.size(); ++axis)
    if (!drop[axis]) out.dims.push_back(in.dims[axis]);
  return std::vector{std::move(out)};
}

}  // namespace

extern const OpDef squeeze_op = {
    .name = "squeeze",
    .summary = "drops axes of extent 1",
    .types = "any",
    .tflite = {.name = "SQUEEZE",
               .opcode = 43,
               .options = 30,
               .max_version = 2,
               .fields = {{"squeeze_dims", 0, TfliteField::int32s}}},
    .infer = infer,
    .unsupported = view_unsupported,
    .work = view_work,
    .reference = view_reference,
    .lower = view_lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
