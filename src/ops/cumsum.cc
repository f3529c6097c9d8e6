// cumsum: running sums along an axis, each with or without its own element, from either end.
//
// Source: tflite-micro, kernels/cumsum.cc, reference/cumsum.h; integers of 32 and 64 bits are
// LiteRT's only. TFLM's int8 sums wrap beyond 16 full elements; here as there.
#include "ops/kernel_on_host.h"
#include "ops/running_sum.h"
#include "ops/strided_copy.h"

#define ASSAY_KERNEL static
#include "../../kernels/cumsum_f32.c"
#include "../../kernels/cumsum_int.c"
#include "../../kernels/cumsum_s8.c"

namespace assay {
namespace {

Result<int> axis_of(const NodeView& node) {
  const std::vector<int64_t> axes = TRY(constant_integers(node, 1, "axis"));
  if (axes.size() != 1) return fail(ErrorKind::input, "{} axes, needs 1", axes.size());
  return checked_axis(axes[0], node.input(0).shape.rank());
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2));
  if (node.input(1).is_constant) TRY(axis_of(node));
  return std::vector{node.input(0).shape};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "axis"); !why.empty()) return why;
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from != to ||
      (from != Dtype::s8 && from != Dtype::f32 && from != Dtype::s32 && from != Dtype::s64))
    return unsupported_types(from, to, "s8, s32, s64 and f32");
  return unsupported_sum_scales(node);
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Shape& shape = node.input(0).shape;
  const int axis = axis_of(node).value();
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < shape.rank(); ++i)
    if (i != axis) (i < axis ? outer : inner) *= shape[i];
  const Dtype dtype = node.input(0).dtype;
  KernelCall call;
  call.kernel = dtype == Dtype::f32  ? "cumsum_f32"
                : dtype == Dtype::s8 ? "cumsum_s8"
                                     : "cumsum_int";
  call.params = {{"outer", outer},
                 {"depth", int64_t{shape[axis]}},
                 {"inner", inner},
                 {"exclusive", node.attrs().integer("exclusive", 0)},
                 {"reverse", node.attrs().integer("reverse", 0)}};
  if (dtype == Dtype::s8) append_sum_params(node, call);
  if (call.kernel == "cumsum_int") call.params.push_back({"words", dtype == Dtype::s64 ? 2 : 1});
  call.inputs = {0};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  if (call.kernel == "cumsum_f32") {
    const auto params = host_params(call, assay_cumsum_f32);
    assay_cumsum_f32(&params, buffers.in<float>(0).data(), buffers.out<float>().data());
  } else if (call.kernel == "cumsum_s8") {
    const auto params = host_params(call, assay_cumsum_s8);
    assay_cumsum_s8(&params, buffers.in<int8_t>(0).data(), buffers.out<int8_t>().data());
  } else {
    const auto params = host_params(call, assay_cumsum_int);
    assay_cumsum_int(&params, buffers.inputs[0].data(), buffers.outputs[0].data());
  }
}

}  // namespace

extern const OpDef cumsum_op = {
    .name = "cumsum",
    .summary = "running sums along an axis",
    .types = "s8 s32 s64 f32",
    .tflite = {.name = "CUMSUM",
               .opcode = 128,
               .options = 102,
               .max_version = 1,
               .fields = {{"exclusive", 0, TfliteField::boolean},
                          {"reverse", 1, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = elementwise_work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
