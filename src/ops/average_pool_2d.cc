// average_pool_2d: mean of a sliding window.
//
// Padding does not count: a window at the border is divided by the taps that lie in the image. The
// integers' kernels round half away from zero and do not rescale.
// Source: tflite-micro, reference/integer_ops/pooling.h and pooling.h.
#include "ops/pool.h"

namespace assay {
namespace {

template <class T>
void reference_integer(const NodeView& node, const Buffers& buffers) {
  const Clamp clamp = pool_clamp(node);
  const auto in = buffers.in<T>(0);
  const auto out = buffers.out<T>();
  const int64_t channels = node.input(0).shape[3];
  const int64_t width = node.input(0).shape[2];
  for_each_window(node, [&](size_t to, int64_t from, int32_t rows, int32_t columns) {
    int32_t sum = 0;
    for (int32_t y = 0; y < rows; ++y)
      for (int32_t x = 0; x < columns; ++x)
        sum += in[static_cast<size_t>(from + (y * width + x) * channels)];
    const int32_t count = rows * columns;
    const int32_t rounded = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
    out[to] = static_cast<T>(clamp(rounded));
  });
}

void reference_f32(const NodeView& node, const Buffers& buffers) {
  const FloatClamp clamp = activation_clamp(pool_activation(node));
  const auto in = buffers.in<float>(0);
  const auto out = buffers.out<float>();
  const int64_t channels = node.input(0).shape[3];
  const int64_t width = node.input(0).shape[2];
  for_each_window(node, [&](size_t to, int64_t from, int32_t rows, int32_t columns) {
    float sum = 0;
    for (int32_t y = 0; y < rows; ++y)
      for (int32_t x = 0; x < columns; ++x)
        sum += in[static_cast<size_t>(from + (y * width + x) * channels)];
    out[to] = clamp(sum / static_cast<float>(rows * columns));
  });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  switch (node.input(0).dtype) {
    case Dtype::s8:
      return reference_integer<int8_t>(node, buffers);
    case Dtype::s16:
      return reference_integer<int16_t>(node, buffers);
    case Dtype::u8:
      return reference_integer<uint8_t>(node, buffers);
    default:
      return reference_f32(node, buffers);
  }
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_pool(node, "average_pool_2d");
}

}  // namespace

extern const OpDef average_pool_2d_op = {
    .name = "average_pool_2d",
    .summary = "mean of a sliding window",
    .types = "s8 s16 u8 f32",
    .tflite = {.name = "AVERAGE_POOL_2D",
               .opcode = 1,
               .options = 5,
               .max_version = 3,
               .fields = {{"padding", 0, TfliteField::padding},
                          {"stride_w", 1, TfliteField::int32},
                          {"stride_h", 2, TfliteField::int32},
                          {"filter_width", 3, TfliteField::int32},
                          {"filter_height", 4, TfliteField::int32},
                          {"activation", 5, TfliteField::activation}}},
    .infer = infer_pool,
    .unsupported = unsupported_pool,
    .work = pool_work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
