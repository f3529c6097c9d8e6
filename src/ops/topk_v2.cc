// topk_v2: the largest elements of each row of the last axis, in order, and where they stand; of
// equals the first.
//
// Source: TensorFlow's lite/kernels/topk_v2.cc; TFLM has none.
#include "ops/elements.h"
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"
#include "ops/strided_copy.h"

#define ASSAY_KERNEL static
#include "../../kernels/topk_f32.c"
#include "../../kernels/topk_int.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 2, 2, 2));
  Shape out = node.input(0).shape;
  if (out.rank() < 1) return fail(ErrorKind::input, "a scalar has no rows");
  if (!node.input(1).is_constant) return std::vector{node.output(0).shape, node.output(1).shape};
  const std::vector<int64_t> k = TRY(constant_integers(node, 1, "k"));
  if (k.size() != 1 || k[0] < 0 || k[0] > out.dims.back())
    return fail(ErrorKind::input, "k is not a number from 0 to {}", out.dims.back());
  out.dims.back() = static_cast<int32_t>(k[0]);
  return std::vector{out, out};
}

std::string unsupported(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "k"); !why.empty()) return why;
  const Dtype from = node.input(0).dtype, to = node.output(0).dtype;
  if (from != to || (from != Dtype::f32 && element_type(from) < 0) || from == Dtype::boolean)
    return unsupported_types(from, to, "s8, u8, s16, s32 and f32");
  if (node.output(1).dtype != Dtype::s32)
    return fmt::format("indices are {}, only s32 is supported", name(node.output(1).dtype));
  return node.output(0).shape.elements() == 0 ? "output has no elements" : "";
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const int64_t depth = node.input(0).shape.dims.back();
  KernelCall call;
  call.kernel = node.input(0).dtype == Dtype::f32 ? "topk_f32" : "topk_int";
  call.params = {{"rows", node.input(0).shape.elements() / depth},
                 {"depth", depth},
                 {"k", int64_t{node.output(0).shape.dims.back()}}};
  if (node.input(0).dtype != Dtype::f32)
    call.params.push_back({"type", element_type(node.input(0).dtype)});
  call.inputs = {0};
  call.outputs = {0, 1};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  if (node.input(0).dtype == Dtype::f32) {
    const auto params = host_params(call, assay_topk_f32);
    assay_topk_f32(&params, buffers.in<float>(0).data(), buffers.out<float>(0).data(),
                   buffers.out<int32_t>(1).data());
  } else {
    const auto params = host_params(call, assay_topk_int);
    assay_topk_int(&params, buffers.inputs[0].data(), buffers.outputs[0].data(),
                   buffers.out<int32_t>(1).data());
  }
}

Work work(const NodeView& node) {
  return {.ops = node.input(0).shape.elements(),
          .read_bytes = node.input(0).bytes(),
          .write_bytes = node.output(0).bytes() + node.output(1).bytes()};
}

}  // namespace

extern const OpDef topk_v2_op = {
    .name = "topk_v2",
    .summary = "the largest elements of each row and where they stand",
    .types = "s8 u8 s16 s32 f32",
    .tflite = {.name = "TOPK_V2", .opcode = 48, .options = 34, .max_version = 3},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
