// range: start, start + delta, ... short of limit, all three constant: then the shape is known, and
// so are the elements.
//
// Source: TensorFlow's lite/kernels/range.cc; TFLM has none.
#include <cmath>
#include <type_traits>

#include "ops/elements.h"
#include "ops/known.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

/// Elements of a range that may still be a constant.
constexpr double kMostElements = 1 << 24;

bool is_constant(const NodeView& node) {
  return node.input(0).is_constant && node.input(1).is_constant && node.input(2).is_constant;
}

template <class T>
T value_of(const NodeView& node, int input) {
  return node.input(input).values<T>()[0];
}

bool is_number(Dtype dtype) {
  return dtype == Dtype::f32 || dtype == Dtype::s32 || dtype == Dtype::s64;
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 3, 3));
  for (int i = 0; i < 3; ++i)
    if (node.input(i).shape.elements() != 1 || node.input(i).dtype != node.input(0).dtype)
      return fail(ErrorKind::input, "input {} is no {} number", i, name(node.input(0).dtype));
  if (!is_constant(node) || !is_number(node.input(0).dtype))
    return std::vector{node.output().shape};
  double count = 0;
  with_elements(node.input(0).dtype, [&]<class T>(T) {
    const auto start = static_cast<double>(value_of<T>(node, 0));
    const auto limit = static_cast<double>(value_of<T>(node, 1));
    count = std::ceil((limit - start) / static_cast<double>(value_of<T>(node, 2)));
  });
  if (!(count >= 0 && count <= kMostElements))
    return fail(ErrorKind::input, "it would have {} elements", count);
  return std::vector{Shape{{static_cast<int32_t>(count)}}};
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from != to || !is_number(from)) return unsupported_types(from, to, "s32, s64 and f32");
  return is_constant(node) ? "" : "its bounds are computed, so that its size is not known";
}

std::vector<std::byte> bytes_of(const NodeView& node) {
  std::vector<std::byte> bytes;
  with_elements(node.output().dtype, [&]<class T>(T) {
    std::vector<T> values(static_cast<size_t>(node.output().shape.elements()));
    T next = value_of<T>(node, 0);
    const T step = value_of<T>(node, 2);
    for (T& value : values) {
      value = next;
      if constexpr (std::is_integral_v<T>)  // beyond the last one it may wrap
        next = static_cast<T>(static_cast<uint64_t>(next) + static_cast<uint64_t>(step));
      else
        next += step;
    }
    const auto raw = std::as_bytes(std::span(values));
    bytes.assign(raw.begin(), raw.end());
  });
  return bytes;
}

}  // namespace

extern const OpDef range_op = {
    .name = "range",
    .summary = "numbers at equal distances, of constant bounds",
    .types = "s32 s64 f32",
    .tflite = {.name = "RANGE", .opcode = 96, .options = 73, .max_version = 2},
    .infer = infer,
    .unsupported = unsupported,
    .work = known_work,
    .reference = known_reference<bytes_of>,
    .lower = known_lower<bytes_of>,
};

}  // namespace assay
