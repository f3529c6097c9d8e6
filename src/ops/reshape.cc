// reshape: the same elements under another shape.
//
// The new shape stands in a constant second input or in the options, with one -1 for "the rest";
// where it is computed at run time the file's own output shape is taken, if it has as many
// elements. Source: tflite-micro, kernels/reshape_common.cc.
#include "ops/view.h"

namespace assay {
namespace {

/// Fills in -1. Error (input) if the elements do not fit.
Result<Shape> resolved(const std::vector<int64_t>& wanted, int64_t elements) {
  int64_t known = 1;
  int open = 0;
  for (const int64_t dim : wanted) {
    if (dim == -1) {
      ++open;
      continue;
    }
    if (dim < 0) return fail(ErrorKind::input, "new shape has an extent of {}", dim);
    if (dim != 0 && known > (int64_t{1} << 31) / dim)
      return fail(ErrorKind::input, "new shape has more than 2^31 elements");
    known *= dim;
  }
  if (open > 1) return fail(ErrorKind::input, "new shape has {} open extents", open);
  const bool fits = open == 0 ? known == elements : known != 0 && elements % known == 0;
  if (!fits)
    return fail(ErrorKind::input, "{} elements do not fit the new shape of {}", elements,
                open ? fmt::format("{} times any", known) : fmt::format("{}", known));
  Shape shape;
  for (const int64_t dim : wanted)
    shape.dims.push_back(static_cast<int32_t>(dim == -1 ? elements / known : dim));
  return shape;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 2));
  const int64_t elements = node.input(0).shape.elements();
  std::vector<int64_t> wanted = TRY(constant_integers(node, 1, "new shape"));
  const bool given = node.has_input(1) && node.input(1).is_constant;
  if (!given) wanted = node.attrs().integers("new_shape");
  // Old converters write [0] for a scalar.
  if (elements == 1 && wanted == std::vector<int64_t>{0}) wanted.clear();
  if (given || !wanted.empty()) {
    Shape shape = TRY(resolved(wanted, elements));
    return std::vector{std::move(shape)};
  }
  if (node.output().shape.elements() != elements)
    return fail(ErrorKind::input, "{} elements do not fit the output's shape {}", elements,
                text(node.output().shape));
  return std::vector{node.output().shape};
}

}  // namespace

extern const OpDef reshape_op = {
    .name = "reshape",
    .summary = "the same elements under another shape",
    .types = "any",
    .tflite = {.name = "RESHAPE",
               .opcode = 22,
               .options = 17,
               .max_version = 1,
               .fields = {{"new_shape", 0, TfliteField::int32s}}},
    .infer = infer,
    .unsupported = view_unsupported,
    .work = view_work,
    .reference = view_reference,
    .lower = view_lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
