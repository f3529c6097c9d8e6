// local_response_norm: x * (bias + alpha * the sum of its neighbours' squares)^-beta along the last
// axis.
//
// LiteRT's window has one neighbour less after the element than before it; so has this one. Source:
// TensorFlow's lite/kernels/local_response_norm.cc, reference_ops.h; TFLM has none.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"

#define ASSAY_KERNEL static
#include "../../kernels/local_response_norm_f32.c"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  const int64_t radius = node.attrs().integer("radius", 0);
  if (radius < 0 || radius > (1 << 24))
    return fail(ErrorKind::input, "radius {} is out of range", radius);
  return infer_elementwise(node);
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  return from == Dtype::f32 && to == Dtype::f32 ? "" : unsupported_types(from, to, "f32");
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const Shape& shape = node.input(0).shape;
  const int64_t depth = shape.rank() == 0 ? 1 : shape.dims.back();
  const auto real = [&](std::string_view attr) {
    return static_cast<float>(node.attrs().real(attr, 0));
  };
  KernelCall call;
  call.kernel = "local_response_norm_f32";
  call.params = {{"rows", depth == 0 ? 0 : shape.elements() / depth},
                 {"depth", depth},
                 {"radius", node.attrs().integer("radius", 0)},
                 {"bias", real("bias")},
                 {"alpha", real("alpha")},
                 {"beta", real("beta")}};
  call.inputs = {0};
  call.needs_libm = true;
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto params = host_params(lower(node, {}), assay_local_response_norm_f32);
  assay_local_response_norm_f32(&params, buffers.in<float>(0).data(), buffers.out<float>().data());
}

Work work(const NodeView& node) {
  Work work = elementwise_work(node);
  work.ops = saturating_product(work.ops, 2 * node.attrs().integer("radius", 0) + 1);
  return work;
}

}  // namespace

extern const OpDef local_response_norm_op = {
    .name = "local_response_norm",
    .summary = "elements over a power of their neighbours' squares",
    .types = "f32",
    .tflite = {.name = "LOCAL_RESPONSE_NORMALIZATION",
               .opcode = 13,
               .options = 13,
               .max_version = 1,
               .fields = {{"radius", 0, TfliteField::int32},
                          {"bias", 1, TfliteField::float32},
                          {"alpha", 2, TfliteField::float32},
                          {"beta", 3, TfliteField::float32}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
