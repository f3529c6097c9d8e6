// max_pool_2d: largest element of a sliding window.
//
// Source: tflite-micro, reference/integer_ops/pooling.h and pooling.h.
#include <limits>

#include "ops/pool.h"

namespace assay {
namespace {

template <class T, class Clamp>
void largest(const NodeView& node, const Buffers& buffers, T lowest, Clamp clamp) {
  const auto in = buffers.in<T>(0);
  const auto out = buffers.out<T>();
  const int64_t channels = node.input(0).shape[3];
  const int64_t width = node.input(0).shape[2];
  for_each_window(node, [&](size_t to, int64_t from, int32_t rows, int32_t columns) {
    T most = lowest;
    for (int32_t y = 0; y < rows; ++y)
      for (int32_t x = 0; x < columns; ++x)
        most = std::max(most, in[static_cast<size_t>(from + (y * width + x) * channels)]);
    out[to] = static_cast<T>(clamp(most));
  });
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  switch (node.input(0).dtype) {
    case Dtype::s8:
      return largest<int8_t>(node, buffers, -128, pool_clamp(node));
    case Dtype::s16:
      return largest<int16_t>(node, buffers, -32768, pool_clamp(node));
    case Dtype::u8:
      return largest<uint8_t>(node, buffers, 0, pool_clamp(node));
    default:
      return largest<float>(node, buffers, std::numeric_limits<float>::lowest(),
                            activation_clamp(pool_activation(node)));
  }
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  return lower_pool(node, "max_pool_2d");
}

}  // namespace

extern const OpDef max_pool_2d_op = {
    .name = "max_pool_2d",
    .summary = "largest element of a sliding window",
    .types = "s8 s16 u8 f32",
    .tflite = {.name = "MAX_POOL_2D",
               .opcode = 17,
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
