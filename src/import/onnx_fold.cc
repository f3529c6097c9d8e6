// Shape arithmetic, computed while the model is read.
//
// Exporters write "half of the width" as a dozen nodes on integers of a few elements. Here they
// are evaluated with NumPy's broadcasting on numbers wide enough for every int64 (long double), so
// that what is left of the graph computes on data. Only small tensors: what is large is data too,
// and folds through the operators themselves (onnx_emit.cc).
// Source: the operators' pages of https://onnx.ai/onnx/operators/.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

using Number = long double;
constexpr int64_t kMostElements = 65536;

struct Numbers {
  Shape shape;
  Dtype dtype = Dtype::s64;
  std::vector<Number> values;
};

template <class T>
void unpack(std::span<const std::byte> bytes, std::vector<Number>& to) {
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, &bytes[at], sizeof value);
    to.push_back(static_cast<Number>(value));
  }
}

bool is_readable(Dtype dtype) {
  return dtype == Dtype::s64 || dtype == Dtype::s32 || dtype == Dtype::boolean ||
         dtype == Dtype::f32 || dtype == Dtype::f64 || dtype == Dtype::u8 || dtype == Dtype::s8 ||
         dtype == Dtype::s16;
}

Numbers numbers_of(const OnnxValue& value) {
  Numbers numbers{value.shape, value.dtype, {}};
  const std::span<const std::byte> bytes = value.constant->bytes;
  switch (value.dtype) {
    case Dtype::s64:
      unpack<int64_t>(bytes, numbers.values);
      break;
    case Dtype::s32:
      unpack<int32_t>(bytes, numbers.values);
      break;
    case Dtype::s16:
      unpack<int16_t>(bytes, numbers.values);
      break;
    case Dtype::s8:
      unpack<int8_t>(bytes, numbers.values);
      break;
    case Dtype::f32:
      unpack<float>(bytes, numbers.values);
      break;
    case Dtype::f64:
      unpack<double>(bytes, numbers.values);
      break;
    default:
      unpack<uint8_t>(bytes, numbers.values);
  }
  return numbers;
}

template <class T>
T narrowed(Number value) {
  if constexpr (std::is_integral_v<T>) {
    if (std::isnan(value)) return T{};
    const auto least = static_cast<Number>(std::numeric_limits<T>::min());
    const auto most = static_cast<Number>(std::numeric_limits<T>::max());
    return static_cast<T>(std::clamp(std::trunc(value), least, most));
  } else {
    return static_cast<T>(value);
  }
}

template <class T>
Result<std::span<const std::byte>> pack(OnnxLowering& low, const std::vector<Number>& values) {
  const std::span<T> to = TRY(own_elements<T>(low, static_cast<int64_t>(values.size())));
  std::ranges::transform(values, to.begin(), narrowed<T>);
  return std::as_bytes(to);
}

Result<std::span<const std::byte>> packed(OnnxLowering& low, const Numbers& numbers) {
  switch (numbers.dtype) {
    case Dtype::s64:
      return pack<int64_t>(low, numbers.values);
    case Dtype::s32:
      return pack<int32_t>(low, numbers.values);
    case Dtype::s16:
      return pack<int16_t>(low, numbers.values);
    case Dtype::s8:
      return pack<int8_t>(low, numbers.values);
    case Dtype::f32:
      return pack<float>(low, numbers.values);
    case Dtype::f64:
      return pack<double>(low, numbers.values);
    default:
      return pack<uint8_t>(low, numbers.values);
  }
}

int64_t integer(const Numbers& numbers, size_t i) { return narrowed<int64_t>(numbers.values[i]); }

/// The element of a shape at an index of a larger one that it is broadcast to.
size_t broadcast_index(const Shape& shape, const Shape& to, size_t at) {
  size_t index = 0, step = 1;
  for (int back = 0; back < to.rank(); ++back) {
    const auto extent = static_cast<size_t>(to[to.rank() - 1 - back]);
    const size_t place = at % extent;
    at /= extent;
    if (back >= shape.rank()) continue;
    const auto own = static_cast<size_t>(shape[shape.rank() - 1 - back]);
    if (own != 1) index += place * step;
    step *= own;
  }
  return index;
}

/// Nothing if the shapes do not meet.
std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape out;
  out.dims.resize(static_cast<size_t>(std::max(a.rank(), b.rank())));
  for (int back = 0; back < out.rank(); ++back) {
    const int32_t of_a = back < a.rank() ? a[a.rank() - 1 - back] : 1;
    const int32_t of_b = back < b.rank() ? b[b.rank() - 1 - back] : 1;
    if (of_a != of_b && of_a != 1 && of_b != 1) return {};
    out.dims[out.dims.size() - 1 - static_cast<size_t>(back)] = of_a == 1 ? of_b : of_a;
  }
  if (out.elements() > kMostElements) return {};
  return out;
}

using Inputs = std::vector<Numbers>;
using Folded = std::optional<Numbers>;

template <class Combine>
Folded combined(const Numbers& a, const Numbers& b, Dtype dtype, Combine combine) {
  const std::optional<Shape> shape = broadcast_shape(a.shape, b.shape);
  if (!shape) return {};
  Numbers out{*shape, dtype, std::vector<Number>(static_cast<size_t>(shape->elements()))};
  for (size_t i = 0; i < out.values.size(); ++i)
    out.values[i] = combine(a.values[broadcast_index(a.shape, *shape, i)],
                            b.values[broadcast_index(b.shape, *shape, i)]);
  return out;
}

bool is_integer(Dtype dtype) { return dtype != Dtype::f32 && dtype != Dtype::f64; }

struct BinaryRow {
  std::string_view op;
  Number (*combine)(Number, Number);
  bool compares = false;
};

constexpr BinaryRow kBinary[] = {
    {"Add", [](Number a, Number b) { return a + b; }},
    {"Sub", [](Number a, Number b) { return a - b; }},
    {"Mul", [](Number a, Number b) { return a * b; }},
    {"Min", [](Number a, Number b) { return std::min(a, b); }},
    {"Max", [](Number a, Number b) { return std::max(a, b); }},
    {"Equal", [](Number a, Number b) { return Number(a == b); }, true},
    {"Less", [](Number a, Number b) { return Number(a < b); }, true},
    {"LessOrEqual", [](Number a, Number b) { return Number(a <= b); }, true},
    {"Greater", [](Number a, Number b) { return Number(a > b); }, true},
    {"GreaterOrEqual", [](Number a, Number b) { return Number(a >= b); }, true},
    {"And", [](Number a, Number b) { return Number(a != 0 && b != 0); }, true},
    {"Or", [](Number a, Number b) { return Number(a != 0 || b != 0); }, true},
};

Folded fold_binary(const OnnxNode& node, const Inputs& in) {
  if (in.size() != 2) return {};
  for (const BinaryRow& row : kBinary)
    if (row.op == node.op)
      return combined(in[0], in[1], row.compares ? Dtype::boolean : in[0].dtype, row.combine);
  const bool whole = is_integer(in[0].dtype);
  if (node.op == "Div") {
    if (whole && std::ranges::count(in[1].values, Number(0)) > 0) return {};
    return combined(in[0], in[1], in[0].dtype,
                    [&](Number a, Number b) { return whole ? std::trunc(a / b) : a / b; });
  }
  if (node.op == "Mod" && whole && node.integer("fmod", 0) == 0) {
    if (std::ranges::count(in[1].values, Number(0)) > 0) return {};
    return combined(in[0], in[1], in[0].dtype,
                    [](Number a, Number b) { return a - b * std::floor(a / b); });
  }
  return {};
}

struct UnaryRow {
  std::string_view op;
  Number (*value)(Number);
};

constexpr UnaryRow kUnary[] = {
    {"Neg", [](Number a) { return -a; }},
    {"Abs", [](Number a) { return std::abs(a); }},
    {"Floor", [](Number a) { return std::floor(a); }},
    {"Ceil", [](Number a) { return std::ceil(a); }},
    {"Sqrt", [](Number a) { return std::sqrt(a); }},
    {"Not", [](Number a) { return Number(a == 0); }},
    {"Identity", [](Number a) { return a; }},
};

Folded fold_unary(const OnnxNode& node, const Inputs& in) {
  for (const UnaryRow& row : kUnary)
    if (row.op == node.op && in.size() == 1) {
      Numbers out = in[0];
      std::ranges::transform(out.values, out.values.begin(), row.value);
      return out;
    }
  return {};
}

Folded fold_cast(const OnnxNode& node, const Inputs& in) {
  const std::optional<Dtype> to = onnx_type(node.integer("to", 0));
  if (!to || in.size() != 1) return {};
  Numbers out = in[0];
  out.dtype = *to;
  for (Number& value : out.values)
    value = *to == Dtype::boolean ? Number(value != 0)
            : is_integer(*to)     ? std::trunc(value)
                                  : value;
  return out;
}

/// Elements picked from input 0 by their index there.
template <class Pick>
Numbers picked(const Numbers& from, Shape shape, Pick pick) {
  Numbers out{std::move(shape), from.dtype, {}};
  const auto count = static_cast<size_t>(out.shape.elements());
  for (size_t i = 0; i < count; ++i) out.values.push_back(from.values[pick(i)]);
  return out;
}

Folded fold_gather(const OnnxNode& node, const Inputs& in) {
  if (in.size() != 2) return {};
  const int rank = in[0].shape.rank();
  int64_t axis = node.integer("axis", 0);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return {};
  const auto& dims = in[0].shape.dims;
  const auto at = static_cast<size_t>(axis);
  Shape out;
  out.dims.insert(out.dims.end(), dims.begin(), dims.begin() + axis);
  out.dims.insert(out.dims.end(), in[1].shape.dims.begin(), in[1].shape.dims.end());
  out.dims.insert(out.dims.end(), dims.begin() + axis + 1, dims.end());
  if (out.elements() > kMostElements) return {};
  const int64_t extent = dims[at];
  for (size_t i = 0; i < in[1].values.size(); ++i)
    if (integer(in[1], i) < -extent || integer(in[1], i) >= extent) return {};
  size_t inner = 1;
  for (size_t i = at + 1; i < dims.size(); ++i) inner *= static_cast<size_t>(dims[i]);
  const size_t indices = in[1].values.size();
  return picked(in[0], std::move(out), [&](size_t i) {
    const size_t last = i % inner, index = i / inner % indices, first = i / inner / indices;
    const int64_t wanted = integer(in[1], index);
    const auto place = static_cast<size_t>(wanted < 0 ? wanted + extent : wanted);
    return (first * static_cast<size_t>(extent) + place) * inner + last;
  });
}

/// Of one axis, as shapes have.
Folded fold_concat(const OnnxNode& node, const Inputs& in) {
  if (in.empty()) return {};
  Numbers out{{}, in[0].dtype, {}};
  for (const Numbers& part : in) {
    if (part.shape.rank() != 1 || part.dtype != out.dtype) return {};
    out.values.insert(out.values.end(), part.values.begin(), part.values.end());
  }
  if (node.integer("axis", 0) != 0 && node.integer("axis", 0) != -1) return {};
  out.shape.dims = {static_cast<int32_t>(out.values.size())};
  return out;
}

/// Of one axis; attributes before opset 10.
Folded fold_slice(const OnnxNode& node, const Inputs& in) {
  if (in.empty() || in[0].shape.rank() != 1) return {};
  const int64_t extent = in[0].shape[0];
  int64_t start = 0, end = 0, step = 1, axis = 0;
  if (in.size() >= 3) {
    for (size_t i = 1; i < in.size(); ++i)
      if (in[i].values.size() != 1) return {};
    start = integer(in[1], 0);
    end = integer(in[2], 0);
    if (in.size() > 3) axis = integer(in[3], 0);
    if (in.size() > 4) step = integer(in[4], 0);
  } else {
    const std::vector<int64_t> starts = node.integers("starts"), ends = node.integers("ends");
    if (starts.size() != 1 || ends.size() != 1) return {};
    start = starts[0];
    end = ends[0];
  }
  if ((axis != 0 && axis != -1) || step == 0) return {};
  const auto bounded = [&](int64_t at) {
    if (at < 0) at = std::max(at, -extent - 1) + extent;
    return step > 0 ? std::clamp<int64_t>(at, 0, extent) : std::clamp<int64_t>(at, -1, extent - 1);
  };
  Numbers out{{}, in[0].dtype, {}};
  step = std::clamp(step, -extent - 1, extent + 1);
  for (int64_t i = bounded(start); step > 0 ? i < bounded(end) : i > bounded(end); i += step)
    out.values.push_back(in[0].values[static_cast<size_t>(i)]);
  out.shape.dims = {static_cast<int32_t>(out.values.size())};
  return out;
}

Folded with_shape(const Numbers& from, const std::vector<int64_t>& dims) {
  Numbers out = from;
  out.shape.dims.assign(dims.begin(), dims.end());
  if (std::cmp_not_equal(out.shape.elements(), out.values.size())) return {};
  return out;
}

std::vector<int64_t> axes_of(const OnnxNode& node, const Inputs& in) {
  std::vector<int64_t> axes = node.integers("axes");
  if (in.size() > 1)
    for (size_t i = 0; i < in[1].values.size(); ++i) axes.push_back(integer(in[1], i));
  return axes;
}

Folded fold_squeeze(const OnnxNode& node, const Inputs& in) {
  const std::vector<int64_t> axes = axes_of(node, in);
  std::vector<int64_t> dims;
  const int rank = in[0].shape.rank();
  for (int i = 0; i < rank; ++i) {
    const bool named = std::ranges::count(axes, i) + std::ranges::count(axes, i - rank) > 0;
    if (in[0].shape[i] != 1 || !(named || axes.empty())) dims.push_back(in[0].shape[i]);
  }
  return with_shape(in[0], dims);
}

Folded fold_unsqueeze(const OnnxNode& node, const Inputs& in) {
  const std::vector<int64_t> axes = axes_of(node, in);
  const auto rank = static_cast<int64_t>(axes.size()) + in[0].shape.rank();
  std::vector<int64_t> dims;
  int next = 0;
  for (int64_t i = 0; i < rank; ++i) {
    const bool named = std::ranges::count(axes, i) + std::ranges::count(axes, i - rank) > 0;
    if (!named && next >= in[0].shape.rank()) return {};
    dims.push_back(named ? 1 : in[0].shape[next++]);
  }
  return with_shape(in[0], dims);
}

Folded fold_reshape(const OnnxNode&, const Inputs& in) {
  if (in.size() != 2 || in[0].values.empty()) return {};
  std::vector<int64_t> dims;
  int64_t known = 1;
  for (size_t i = 0; i < in[1].values.size(); ++i) {
    const int64_t wanted = integer(in[1], i);
    if (wanted < -1 || wanted > kMostElements) return {};
    dims.push_back(wanted == 0 && std::cmp_less(i, in[0].shape.rank())
                       ? in[0].shape[static_cast<int>(i)]
                       : wanted);
    if (dims.back() > 0) known *= dims.back();
    if (known > kMostElements) return {};
  }
  for (int64_t& dim : dims)
    if (dim == -1) dim = static_cast<int64_t>(in[0].values.size()) / known;
  return with_shape(in[0], dims);
}

Folded fold_expand(const OnnxNode&, const Inputs& in) {
  if (in.size() != 2) return {};
  Shape wanted;
  for (size_t i = 0; i < in[1].values.size(); ++i)
    wanted.dims.push_back(
        static_cast<int32_t>(std::clamp<int64_t>(integer(in[1], i), 0, kMostElements)));
  const std::optional<Shape> shape = broadcast_shape(in[0].shape, wanted);
  if (!shape) return {};
  return picked(in[0], *shape, [&](size_t i) { return broadcast_index(in[0].shape, *shape, i); });
}

Folded fold_where(const OnnxNode&, const Inputs& in) {
  if (in.size() != 3) return {};
  const std::optional<Shape> two = broadcast_shape(in[1].shape, in[2].shape);
  const std::optional<Shape> shape = two ? broadcast_shape(in[0].shape, *two) : two;
  if (!shape) return {};
  Numbers out{*shape, in[1].dtype, {}};
  for (size_t i = 0; std::cmp_less(i, shape->elements()); ++i) {
    const Numbers& from =
        in[0].values[broadcast_index(in[0].shape, *shape, i)] != 0 ? in[1] : in[2];
    out.values.push_back(from.values[broadcast_index(from.shape, *shape, i)]);
  }
  return out;
}

Folded fold_range(const OnnxNode&, const Inputs& in) {
  if (in.size() != 3) return {};
  for (const Numbers& one : in)
    if (one.values.size() != 1) return {};
  const Number from = in[0].values[0], to = in[1].values[0], step = in[2].values[0];
  if (step == 0) return {};
  const Number count = std::max<Number>(std::ceil((to - from) / step), 0);
  if (!(count <= kMostElements)) return {};
  Numbers out{{{static_cast<int32_t>(count)}}, in[0].dtype, {}};
  for (int i = 0; i < static_cast<int>(count); ++i) out.values.push_back(from + step * i);
  return out;
}

Folded fold_product(const OnnxNode& node, const Inputs& in) {
  const std::vector<int64_t> axes = axes_of(node, in);
  if (in[0].shape.rank() > 1 || (!axes.empty() && axes != std::vector<int64_t>{0})) return {};
  Numbers out{{}, in[0].dtype, {1}};
  for (const Number value : in[0].values) out.values[0] *= value;
  if (node.integer("keepdims", 1) != 0) out.shape.dims.assign(in[0].shape.dims.size(), 1);
  return out;
}

struct FoldRow {
  std::string_view op;
  Folded (*fold)(const OnnxNode&, const Inputs&);
};

constexpr FoldRow kFolds[] = {
    {"Cast", fold_cast},       {"Gather", fold_gather},      {"Concat", fold_concat},
    {"Slice", fold_slice},     {"Squeeze", fold_squeeze},    {"Unsqueeze", fold_unsqueeze},
    {"Reshape", fold_reshape}, {"Expand", fold_expand},      {"Where", fold_where},
    {"Range", fold_range},     {"ReduceProd", fold_product},
};

Folded fold(const OnnxNode& node, const Inputs& in) {
  for (const FoldRow& row : kFolds)
    if (row.op == node.op) return row.fold(node, in);
  Folded folded = fold_unary(node, in);
  return folded ? folded : fold_binary(node, in);
}

/// The node's inputs, if all of them are small constants.
std::optional<Inputs> small_inputs(const OnnxLowering& low, const OnnxNode& node) {
  Inputs inputs;
  for (const std::string& name : node.inputs) {
    const auto found = low.values.find(name);
    if (found == low.values.end() || !found->second.constant) return {};
    const OnnxValue& value = found->second;
    if (!value.quant.empty() || !is_readable(value.dtype) || value.shape.elements() > kMostElements)
      return {};
    inputs.push_back(numbers_of(value));
  }
  if (inputs.empty()) return {};
  return inputs;
}

}  // namespace

Result<std::optional<OnnxValue>> folded(OnnxLowering& low, const OnnxNode& node) {
  if (!node.domain.empty() || node.outputs.size() != 1) return std::optional<OnnxValue>();
  const std::optional<Inputs> inputs = small_inputs(low, node);
  if (!inputs) return std::optional<OnnxValue>();
  const Folded numbers = fold(node, *inputs);
  if (!numbers) return std::optional<OnnxValue>();
  OnnxTensor tensor;
  tensor.name = node.outputs[0];
  tensor.dtype = numbers->dtype;
  tensor.dims.assign(numbers->shape.dims.begin(), numbers->shape.dims.end());
  tensor.bytes = TRY(packed(low, *numbers));
  return std::optional(constant_value(low, std::move(tensor)));
}

}  // namespace assay
