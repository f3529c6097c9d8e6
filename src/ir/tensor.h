// Tensors: element type, shape, quantisation and, for constants, the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class Dtype : uint8_t {
  f16,
  f32,
  f64,
  s4,
  s8,
  s16,
  s32,
  s64,
  u8,
  u16,
  u32,
  u64,
  boolean,
  other
};

/// "s8", "f32" ...; the names of Dtype.
std::string_view name(Dtype dtype);

/// Bits of one element: 4 for s4, 8 for boolean; 0 for `other`, whose size is not known.
int bits(Dtype dtype);

/// Extents, outermost first; NHWC for images. Rank 0 is a scalar of one element.
struct Shape {
  std::vector<int32_t> dims;

  int rank() const { return static_cast<int>(dims.size()); }
  int32_t operator[](int axis) const { return dims[static_cast<size_t>(axis)]; }
  /// The product of the extents. Graph::make has checked that it and its bytes stay below 2^31.
  int64_t elements() const;
  bool operator==(const Shape&) const = default;
};

/// "25x5x64"; "scalar" for rank 0.
std::string text(const Shape& shape);

struct Tensor;

/// The byte that a variable begins with, if all of its bytes are the same.
std::optional<std::byte> uniform_start(const Tensor& variable);

/// real = scale * (q - zero_point). One pair for the tensor, or one per slice along `axis`.
struct Quantisation {
  std::vector<float> scale;         ///< empty: not quantised
  std::vector<int32_t> zero_point;  ///< as many as scales
  int axis = 0;                     ///< the sliced dimension, when there is more than one scale

  bool empty() const { return scale.empty(); }
  bool per_channel() const { return scale.size() > 1; }
  bool operator==(const Quantisation&) const = default;
};

struct Tensor {
  std::string name;
  Dtype dtype = Dtype::other;
  Shape shape;
  Quantisation quant;
  bool is_constant = false;
  bool is_variable = false;  ///< state that lives from one inference to the next
  /// A constant's bytes, or those that a variable begins with (none: see `starting_byte`);
  /// little-endian, aligned to the element.
  std::span<const std::byte> data;

  /// Bytes of the whole tensor; s4 packs two elements in a byte.
  int64_t bytes() const { return (shape.elements() * bits(dtype) + 7) / 8; }

  /// What each byte of a variable without initial value begins with: its zero point if it is s8,
  /// else 0. Source: tflite-micro, micro_interpreter_graph.cc, ResetVariableTensors.
  std::byte starting_byte() const {
    const bool quantised = dtype == Dtype::s8 && !quant.zero_point.empty();
    return quantised ? static_cast<std::byte>(quant.zero_point[0]) : std::byte{};
  }

  /// A constant's elements. The caller has checked the dtype.
  template <class T>
  std::span<const T> values() const {
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }
};

}  // namespace assay
