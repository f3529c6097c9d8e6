// l2_normalization: each row of the last axis over the root of its sum of squares.
//
// int8: outputs are 1/128, whatever scale the file gives them, as in TFLM. Source: tflite-micro,
// kernels/l2norm.cc, reference/l2normalization.h, reference/integer_ops/l2normalization.h.
#include "ops/elementwise.h"
#include "ops/kernel_on_host.h"

#define ASSAY_KERNEL static
#include "../../kernels/l2_normalization_f32.c"
#include "../../kernels/l2_normalization_s8.c"

namespace assay {
namespace {

/// Squares of int8 less int8 sum up within int32.
constexpr int64_t kMostElements = 32768;

int64_t depth_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  return shape.rank() == 0 ? 1 : shape.dims.back();
}

std::string unsupported(const NodeView& node) {
  if (std::string why = unsupported_elementwise(node); !why.empty()) return why;
  const std::string activation = node.attrs().word("activation", "none");
  if (activation != "none") return fmt::format("fused {} is not supported", activation);
  if (node.input(0).dtype == Dtype::s8 && depth_of(node) > kMostElements)
    return fmt::format("rows of {} elements, at most {} are supported", depth_of(node),
                       kMostElements);
  return {};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const int64_t depth = depth_of(node);
  KernelCall call;
  call.kernel = node.input(0).dtype == Dtype::s8 ? "l2_normalization_s8" : "l2_normalization_f32";
  call.params = {{"rows", depth == 0 ? 0 : node.output().shape.elements() / depth},
                 {"depth", depth}};
  if (node.input(0).dtype == Dtype::s8)
    call.params.push_back({"zero", int64_t{node.input(0).quant.zero_point[0]}});
  else
    call.needs_libm = true;
  call.inputs = {0};
  return call;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const KernelCall call = lower(node, {});
  if (node.input(0).dtype == Dtype::s8) {
    const auto params = host_params(call, assay_l2_normalization_s8);
    assay_l2_normalization_s8(&params, buffers.in<int8_t>(0).data(), buffers.out<int8_t>().data());
  } else {
    const auto params = host_params(call, assay_l2_normalization_f32);
    assay_l2_normalization_f32(&params, buffers.in<float>(0).data(), buffers.out<float>().data());
  }
}

Work work(const NodeView& node) {
  const Work once = elementwise_work(node);
  return {.ops = 2 * once.ops, .read_bytes = 2 * once.read_bytes, .write_bytes = once.write_bytes};
}

}  // namespace

extern const OpDef l2_normalization_op = {
    .name = "l2_normalization",
    .summary = "each row over the root of its sum of squares",
    .types = "s8 f32",
    .tflite = {.name = "L2_NORMALIZATION",
               .opcode = 11,
               .options = 12,
               .max_version = 2,
               .fields = {{"activation", 0, TfliteField::activation}}},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
