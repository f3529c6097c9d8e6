// one_hot: a new axis, along which one value stands where the index says and another elsewhere.
//
// Inputs: indices, the new axis's extent, the two values. Source: TensorFlow's
// lite/kernels/one_hot.cc; TFLM has none.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/strided_copy.h"

#define ASSAY_KERNEL static
#include "../../kernels/one_hot.c"

namespace assay {
namespace {

Result<int> axis_of(const NodeView& node) {
  return checked_axis(node.attrs().integer("axis", -1), node.input(0).shape.rank() + 1);
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 4, 4));
  const int axis = TRY(axis_of(node));
  for (int i = 2; i < 4; ++i)
    if (node.input(i).shape.elements() != 1)
      return fail(ErrorKind::input, "input {} has {} elements, needs 1", i,
                  node.input(i).shape.elements());
  if (!node.input(1).is_constant) return std::vector{node.output().shape};
  const std::vector<int64_t> depth = TRY(constant_integers(node, 1, "depth"));
  if (depth.size() != 1 || depth[0] < 0 || depth[0] > (1 << 24))
    return fail(ErrorKind::input, "depth is not a number from 0 to 2^24");
  Shape out = node.input(0).shape;
  out.dims.insert(out.dims.begin() + axis, static_cast<int32_t>(depth[0]));
  return std::vector{std::move(out)};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "depth"); !why.empty()) return why;
  const Dtype indices = node.input(0).dtype;
  if (indices != Dtype::s32 && indices != Dtype::s64)
    return fmt::format("indices are {}, only s32 and s64 are supported", name(indices));
  if (std::string why = unsupported_copy(node, 2); !why.empty()) return why;
  return unsupported_copy(node, 3);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Shape& out = node.output().shape;
  const int axis = axis_of(node).value();
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < out.rank(); ++i)
    if (i != axis) (i < axis ? outer : inner) *= out[i];
  KernelCall call;
  call.kernel = "one_hot";
  call.params = {{"outer", outer},
                 {"depth", int64_t{out[axis]}},
                 {"inner", inner},
                 {"bytes", element_bytes(node.output().dtype)},
                 {"wide", int64_t{node.input(0).dtype == Dtype::s64}}};
  call.inputs = {0, 2, 3};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(node, {}), assay_one_hot);
  assay_one_hot(&params, buffers.inputs[0].data(), buffers.inputs[2].data(),
                buffers.inputs[3].data(), buffers.outputs[0].data());
}

}  // namespace

extern const OpDef one_hot_op = {
    .name = "one_hot",
    .summary = "one value where an index says, another elsewhere",
    .types = "any of whole bytes",
    .tflite = {.name = "ONE_HOT",
               .opcode = 85,
               .options = 61,
               .max_version = 1,
               .fields = {{"axis", 0, TfliteField::int32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = copy_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
