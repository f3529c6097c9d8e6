// log_softmax: x - log(sum of exp(x)) along the last axis.
//
// Source: tflite-micro, kernels/log_softmax.cc, reference/log_softmax.h. Its int8 form is not here.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/elementwise.h"

namespace assay {
namespace {

int64_t depth_of(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  return shape.rank() == 0 ? 1 : shape.dims.back();
}

void row(std::span<const float> x, std::span<float> y) {
  const float largest = std::max(*std::ranges::max_element(x), -std::numeric_limits<float>::max());
  float sum = 0;
  for (const float each : x) sum += std::exp(each - largest);
  const float log_sum = std::log(sum);
  std::ranges::transform(x, y.begin(), [&](float each) { return each - largest - log_sum; });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto depth = static_cast<size_t>(depth_of(node));
  const auto x = buffers.in<float>(0);
  const auto y = buffers.out<float>();
  for (size_t at = 0; at + depth <= x.size() && depth > 0; at += depth)
    row(x.subspan(at, depth), y.subspan(at, depth));
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  return from == Dtype::f32 && to == Dtype::f32 ? "" : unsupported_types(from, to, "f32");
}

Work work(const NodeView& node) {
  const Work once = elementwise_work(node);
  return {.ops = 3 * once.ops, .read_bytes = 3 * once.read_bytes, .write_bytes = once.write_bytes};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const int64_t depth = depth_of(node);
  KernelCall call;
  call.kernel = "log_softmax_f32";
  call.params = {{"rows", depth == 0 ? 0 : node.output().shape.elements() / depth},
                 {"depth", depth}};
  call.inputs = {0};
  call.needs_libm = true;
  return call;
}

}  // namespace

extern const OpDef log_softmax_op = {
    .name = "log_softmax",
    .summary = "x less the logarithm of the sum of exp(x), along the last axis",
    .types = "f32",
    .tflite = {.name = "LOG_SOFTMAX", .opcode = 50, .options = 36, .max_version = 2},
    .infer = infer_elementwise,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
    .shares_input = shares_first_input,
};

}  // namespace assay
