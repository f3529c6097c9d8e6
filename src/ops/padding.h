// What pad and padv2 share: the input in the midst of a fill value.
#pragma once

#include <cstring>
#include <limits>

#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {

/// The rows of the constant `paddings` (input 1), checked against the input.
inline Result<Shape> padded_shape(const NodeView& node) {
  const std::vector<int64_t> paddings = TRY(constant_integers(node, 1, "paddings"));
  Shape out = node.input(0).shape;
  if (paddings.size() != 2 * out.dims.size())
    return fail(ErrorKind::input, "paddings has {} elements, needs {}", paddings.size(),
                2 * out.dims.size());
  for (size_t i = 0; i < out.dims.size(); ++i) {
    const int64_t before = paddings[2 * i];
    const int64_t after = paddings[2 * i + 1];
    constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
    if (before < 0 || after < 0 || before > kMost || after > kMost)
      return fail(ErrorKind::input, "axis {} is padded by {} and {}", i, before, after);
    if (out.dims[i] + before + after > kMost)
      return fail(ErrorKind::input, "axis {} has more than 2^31 - 1 elements when padded", i);
    out.dims[i] += static_cast<int32_t>(before + after);
  }
  return out;
}

inline StridedCopy padding_copy(const NodeView& node) {
  const std::vector<int64_t> paddings = constant_integers(node, 1, "paddings").value();
  const Tensor& in = node.input(0);
  const int64_t bytes = element_bytes(in.dtype);
  const std::vector<int64_t> in_steps = dense_steps(in.shape);
  const std::vector<int64_t> out_steps = dense_steps(padded_shape(node).value());
  StridedCopy copy{.run_bytes = bytes};
  for (size_t i = 0; i < in.shape.dims.size(); ++i) {
    copy.out_offset += paddings[2 * i] * out_steps[i] * bytes;
    copy.loops.push_back({in.shape.dims[i], in_steps[i] * bytes, out_steps[i] * bytes});
  }
  return simplified(std::move(copy));
}

inline void padding_reference(const NodeView& node, const Buffers& buffers,
                              std::span<const std::byte> fill) {
  const std::span<std::byte> out = buffers.outputs[0];
  for (size_t at = 0; at < out.size(); at += fill.size())
    std::memcpy(&out[at], fill.data(), fill.size());
  run_copy(padding_copy(node), buffers.inputs[0], out);
}

/// Kernel `pad_nd`. `fill` is one element of 1, 2 or 4 bytes.
inline KernelCall padding_lower(const NodeView& node, std::span<const std::byte> fill) {
  KernelCall call = lower_copy(padding_copy(node), 0);
  call.kernel = "pad_nd";
  // A word of the fill value repeated, so that 1, 2 and 4 bytes are filled alike.
  uint8_t word[4];
  for (size_t i = 0; i < 4; ++i) word[i] = static_cast<uint8_t>(fill[i % fill.size()]);
  int32_t bits = 0;
  std::memcpy(&bits, word, 4);
  call.params.insert(call.params.begin(),
                     {{"out_bytes", node.output().bytes()}, {"fill", int64_t{bits}}});
  return call;
}

inline std::string unsupported_padding(const NodeView& node) {
  if (std::string why = not_constant(node, 1, "paddings"); !why.empty()) return why;
  if (std::string why = unsupported_copy(node); !why.empty()) return why;
  const Dtype dtype = node.input(0).dtype;
  if (dtype != Dtype::s8 && dtype != Dtype::u8 && dtype != Dtype::s16 && dtype != Dtype::s32 &&
      dtype != Dtype::f32)
    return unsupported_types(dtype, dtype, "s8, u8, s16, s32 and f32");
  return not_quantised_per_tensor(node.output(), "output");
}

}  // namespace assay
