// band_sums: weighted sums over stretches of the last axis, a bank of filters:
// [..., depth] x spans [bands, 2] x weights -> [..., bands]. Mel features are one.
#include <fmt/format.h>

#include "ops/elementwise.h"

namespace assay {
namespace {

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  const Tensor &spans = node.input(1), &weights = node.input(2);
  Shape out = node.input(0).shape;
  if (out.rank() < 1 || spans.shape.rank() != 2 || spans.shape[1] != 2 || weights.shape.rank() != 1)
    return fail(ErrorKind::input, "shapes {}, {}, {}: expected [..., depth], [bands, 2], [weights]",
                text(out), text(spans.shape), text(weights.shape));
  if (!spans.is_constant || spans.dtype != Dtype::s32 || !weights.is_constant)
    return fail(ErrorKind::input, "its spans and weights are not constants");
  int64_t taps = 0;
  for (int32_t band = 0; band < spans.shape[0]; ++band) {
    const int64_t first = spans.values<int32_t>()[static_cast<size_t>(2 * band)];
    const int64_t count = spans.values<int32_t>()[static_cast<size_t>(2 * band + 1)];
    if (first < 0 || count < 0 || first + count > out.dims.back())
      return fail(ErrorKind::input, "band {} is {} + {} of {} elements", band, first, count,
                  out.dims.back());
    taps += count;
  }
  if (taps != weights.shape[0])
    return fail(ErrorKind::input, "{} weights for bands of {}", weights.shape[0], taps);
  out.dims.back() = spans.shape[0];
  return std::vector{std::move(out)};
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto in = buffers.in<float>(0), weights = buffers.in<float>(2);
  const auto spans = buffers.in<int32_t>(1);
  const auto out = buffers.out<float>();
  const auto depth = static_cast<size_t>(node.input(0).shape.dims.back());
  for (size_t row = 0, to = 0; to < out.size(); ++row) {
    size_t weight = 0;
    for (size_t band = 0; band < spans.size() / 2; ++band) {
      float sum = 0;
      const size_t first = row * depth + static_cast<size_t>(spans[2 * band]);
      for (int32_t i = 0; i < spans[2 * band + 1]; ++i)
        sum += in[first + static_cast<size_t>(i)] * weights[weight++];
      out[to++] = sum;
    }
  }
}

std::string unsupported(const NodeView& node) {
  for (const Dtype type : {node.input(2).dtype, node.output().dtype})
    if (node.input(0).dtype != Dtype::f32 || type != Dtype::f32)
      return unsupported_types(node.input(0).dtype, type, "f32");
  if (node.input(0).shape.elements() == 0 || node.input(2).shape.elements() == 0)
    return "input has no elements";
  return "";
}

int64_t rows_of(const NodeView& node) {
  return node.input(0).shape.elements() / node.input(0).shape.dims.back();
}

Work work(const NodeView& node) {
  const int64_t macs = rows_of(node) * node.input(2).shape.elements();
  return {.macs = macs,
          .read_bytes = 2 * macs * static_cast<int64_t>(sizeof(float)),
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call;
  call.kernel = "band_sums_f32";
  call.params = {{"rows", rows_of(node)},
                 {"depth", int64_t{node.input(0).shape.dims.back()}},
                 {"bands", int64_t{node.input(1).shape[0]}},
                 {"spans", std::string("spans")},
                 {"weights", std::string("weights")}};
  call.constants = {{"spans", Dtype::s32, {}, node.input(1).data, false},
                    {"weights", Dtype::f32, {}, node.input(2).data, true}};
  call.inputs = {0};
  return call;
}

}  // namespace

extern const OpDef band_sums_op = {
    .name = "band_sums",
    .summary = "weighted sums over stretches of the last axis: mel and other banks of filters",
    .types = "f32",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
