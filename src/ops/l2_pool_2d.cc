// l2_pool_2d: root of the mean square of a sliding window, float32 alone.
//
// Padding does not count: a window at the border is divided by the taps that lie in the image.
// Source: tflite-micro, kernels/internal/reference/pooling.h, L2Pool.
#include <cmath>

#include "ops/pool.h"

namespace assay {
namespace {

std::string unsupported(const NodeView& node) {
  if (node.input(0).dtype != Dtype::f32)
    return unsupported_types(node.input(0).dtype, node.output().dtype, "f32");
  return unsupported_pool(node);
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const FloatClamp clamp = activation_clamp(pool_activation(node));
  const auto in = buffers.in<float>(0);
  const auto out = buffers.out<float>();
  const int64_t channels = node.input(0).shape[3], width = node.input(0).shape[2];
  for_each_window(node, [&](size_t to, int64_t from, int32_t rows, int32_t columns) {
    float sum = 0;
    for (int32_t y = 0; y < rows; ++y)
      for (int32_t x = 0; x < columns; ++x) {
        const float tap = in[static_cast<size_t>(from + (y * width + x) * channels)];
        sum += tap * tap;
      }
    out[to] = clamp(std::sqrt(sum / static_cast<float>(rows * columns)));
  });
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  KernelCall call = lower_pool(node, "l2_pool_2d");
  call.needs_libm = true;
  return call;
}

}  // namespace

extern const OpDef l2_pool_2d_op = {
    .name = "l2_pool_2d",
    .summary = "root of the mean square of a sliding window",
    .types = "f32",
    .tflite = {.name = "L2_POOL_2D",
               .opcode = 12,
               .options = 5,
               .max_version = 1,
               .fields = {{"padding", 0, TfliteField::padding},
                          {"stride_w", 1, TfliteField::int32},
                          {"stride_h", 2, TfliteField::int32},
                          {"filter_width", 3, TfliteField::int32},
                          {"filter_height", 4, TfliteField::int32},
                          {"activation", 5, TfliteField::activation}}},
    .infer = infer_pool,
    .unsupported = unsupported,
    .work = pool_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
