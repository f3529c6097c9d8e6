// Operators that give a shape, or give the same elements another one. None of them moves anything
// by itself: a transpose is remembered as the order in which a value is stored (onnx_layout.cc).
//
// Source: https://onnx.ai/onnx/operators/, one page each.
#include <algorithm>
#include <cstring>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

Status define_integers(OnnxLowering& low, const OnnxNode& node, const std::vector<int64_t>& values,
                       bool scalar = false) {
  const std::span<int64_t> bytes =
      TRY(own_elements<int64_t>(low, static_cast<int64_t>(values.size())));
  std::ranges::copy(values, bytes.begin());
  OnnxTensor tensor;
  tensor.name = node.outputs[0];
  tensor.dtype = Dtype::s64;
  if (!scalar) tensor.dims = {static_cast<int64_t>(values.size())};
  tensor.bytes = std::as_bytes(bytes);
  define(low, node, constant_value(low, std::move(tensor)));
  return {};
}

Result<Shape> shape_of(const std::vector<int64_t>& dims) {
  Shape shape;
  for (const int64_t dim : dims) {
    if (dim < 0 || dim > INT32_MAX) return fail(ErrorKind::input, "an extent of {}", dim);
    shape.dims.push_back(static_cast<int32_t>(dim));
  }
  if (shape.elements() > INT32_MAX)
    return fail(ErrorKind::input, "shape {} has more than 2^31 - 1 elements", text(shape));
  return shape;
}

Status define_reshaped(OnnxLowering& low, const OnnxNode& node, OnnxValue& value,
                       const std::vector<int64_t>& dims) {
  const Shape shape = TRY(shape_of(dims));
  define(low, node, TRY(reshaped(low, value, shape)));
  return {};
}

/// Axes of an attribute or, since opset 13, of an input, counted from the front.
Result<std::vector<int>> axes_of(OnnxLowering& low, const OnnxNode& node, int rank) {
  std::vector<int64_t> given = node.integers("axes");
  if (const auto axes = TRY(integers_of(low, node, 1, "axes"))) given = *axes;
  std::vector<int> axes;
  for (const int64_t axis : given) axes.push_back(TRY(onnx_axis(axis, rank)));
  std::ranges::sort(axes);
  if (std::ranges::adjacent_find(axes) != axes.end())
    return fail(ErrorKind::input, "an axis is named twice");
  return axes;
}

}  // namespace

Status onnx_identity(OnnxLowering& low, const OnnxNode& node) {
  if (node.outputs.size() > 1 && !node.outputs[1].empty())
    return fail(ErrorKind::unsupported, "the mask of what is dropped");
  if (node.op == "Dropout")
    if (const auto training = TRY(integers_of(low, node, 2, "training_mode")))
      if (!training->empty() && training->front() != 0)
        return fail(ErrorKind::unsupported, "training mode; export the model for inference");
  define(low, node, *TRY(onnx_input(low, node, 0)));
  return {};
}

Status onnx_constant(OnnxLowering& low, const OnnxNode& node) {
  for (const auto& [name, attr] : node.attrs) {
    OnnxTensor tensor;
    tensor.name = node.outputs[0];
    if (attr.tensor) {
      tensor = *attr.tensor;
      tensor.name = node.outputs[0];
      int64_t elements = 1;
      for (const int64_t dim : tensor.dims)
        if (dim < 0 || __builtin_mul_overflow(elements, dim, &elements))
          return fail(ErrorKind::input, "its value has an extent of {}", dim);
      if (std::cmp_not_equal(tensor.bytes.size(),
                             saturating_product(elements, bits(tensor.dtype) / 8)))
        return fail(ErrorKind::input, "its value has {} bytes for {} elements of {}",
                    tensor.bytes.size(), elements, assay::name(tensor.dtype));
      define(low, node, constant_value(low, std::move(tensor)));
      return {};
    }
    if (name == "value_int") return define_integers(low, node, {attr.i}, true);
    if (name == "value_ints") return define_integers(low, node, attr.ints);
    if (name != "value_float" && name != "value_floats") continue;
    const std::vector<float> values = name == "value_float" ? std::vector{attr.f} : attr.floats;
    const auto bytes = TRY(own_elements<float>(low, static_cast<int64_t>(values.size())));
    std::ranges::copy(values, bytes.begin());
    tensor.dtype = Dtype::f32;
    if (name == "value_floats") tensor.dims = {static_cast<int64_t>(values.size())};
    tensor.bytes = std::as_bytes(bytes);
    define(low, node, constant_value(low, std::move(tensor)));
    return {};
  }
  return fail(ErrorKind::unsupported, "a constant that is neither numbers nor a tensor");
}

Status onnx_constant_of_shape(OnnxLowering& low, const OnnxNode& node) {
  const auto dims = TRY(integers_of(low, node, 0, "the shape"));
  if (!dims) return fail(ErrorKind::input, "its shape is left out");
  const Shape shape = TRY(shape_of(*dims));
  OnnxTensor tensor;
  tensor.name = node.outputs[0];
  tensor.dims = *dims;
  tensor.dtype = Dtype::f32;
  std::vector<std::byte> element(4);
  if (const auto value = node.attrs.find("value");
      value != node.attrs.end() && value->second.tensor && !value->second.tensor->bytes.empty()) {
    tensor.dtype = value->second.tensor->dtype;
    const auto bytes = value->second.tensor->bytes;
    element.assign(bytes.begin(), bytes.end());
  }
  if (std::cmp_not_equal(element.size(), bits(tensor.dtype) / 8))
    return fail(ErrorKind::input, "its value has {} bytes", element.size());
  const std::span<std::byte> bytes = TRY(
      own_bytes(low, saturating_product(shape.elements(), static_cast<int64_t>(element.size()))));
  for (size_t at = 0; at < bytes.size(); at += element.size())
    std::memcpy(&bytes[at], element.data(), element.size());
  tensor.bytes = bytes;
  define(low, node, constant_value(low, std::move(tensor)));
  return {};
}

Status onnx_shape(OnnxLowering& low, const OnnxNode& node) {
  const Shape& shape = TRY(onnx_input(low, node, 0))->shape;
  const auto bounded = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + shape.rank() : at, 0, shape.rank());
  };
  const int64_t start = bounded(node.integer("start", 0));
  const int64_t end = std::max(bounded(node.integer("end", shape.rank())), start);
  return define_integers(low, node, {shape.dims.begin() + start, shape.dims.begin() + end});
}

Status onnx_size(OnnxLowering& low, const OnnxNode& node) {
  return define_integers(low, node, {TRY(onnx_input(low, node, 0))->shape.elements()}, true);
}

Status onnx_reshape(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  auto dims = TRY(integers_of(low, node, 1, "the new shape"));
  if (!dims) dims = node.integers("shape");
  int64_t known = 1;
  int open = 0;
  for (size_t i = 0; i < dims->size(); ++i) {
    int64_t& dim = (*dims)[i];
    if (dim == 0 && node.integer("allowzero", 0) == 0) {
      if (std::cmp_greater_equal(i, x.shape.rank()))
        return fail(ErrorKind::input, "its new shape copies extent {} of {}", i, text(x.shape));
      dim = x.shape.dims[i];
    }
    if (dim == -1)
      ++open;
    else
      known = dim < 0 ? 0 : saturating_product(known, dim);
  }
  if (open > 1) return fail(ErrorKind::input, "its new shape has {} open extents", open);
  for (int64_t& dim : *dims)
    if (dim == -1) dim = known == 0 ? 0 : x.shape.elements() / known;
  return define_reshaped(low, node, x, *dims);
}

Status onnx_flatten(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const int rank = x.shape.rank();
  const int64_t axis = node.integer("axis", 1);
  if (axis < -rank || axis > rank)
    return fail(ErrorKind::input, "axis {} is not one of {}", axis, rank);
  const auto split = static_cast<int>(axis < 0 ? axis + rank : axis);
  int64_t before = 1, after = 1;
  for (int i = 0; i < rank; ++i)
    (i < split ? before : after) = saturating_product(i < split ? before : after, x.shape[i]);
  return define_reshaped(low, node, x, {before, after});
}

Status onnx_squeeze(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const std::vector<int> axes = TRY(axes_of(low, node, x.shape.rank()));
  std::vector<int64_t> dims;
  for (int i = 0; i < x.shape.rank(); ++i) {
    const bool named = std::ranges::find(axes, i) != axes.end();
    if (named && x.shape[i] != 1)
      return fail(ErrorKind::input, "axis {} of {} cannot be left out", i, text(x.shape));
    if (!named && (x.shape[i] != 1 || !axes.empty())) dims.push_back(x.shape[i]);
  }
  return define_reshaped(low, node, x, dims);
}

Status onnx_unsqueeze(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  std::vector<int64_t> given = node.integers("axes");
  if (const auto axes = TRY(integers_of(low, node, 1, "axes"))) given = *axes;
  const int rank = x.shape.rank() + static_cast<int>(given.size());
  const std::vector<int> axes = TRY(axes_of(low, node, rank));
  std::vector<int64_t> dims(x.shape.dims.begin(), x.shape.dims.end());
  for (const int axis : axes) dims.insert(dims.begin() + axis, 1);
  return define_reshaped(low, node, x, dims);
}

Status onnx_transpose(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const int rank = x.shape.rank();
  std::vector<int64_t> perm = node.integers("perm");
  if (!node.has("perm"))
    for (int i = rank - 1; i >= 0; --i) perm.push_back(i);
  std::vector<int64_t> sorted = perm;
  std::ranges::sort(sorted);
  for (int i = 0; i < rank; ++i)
    if (std::cmp_not_equal(sorted.size(), rank) || sorted[static_cast<size_t>(i)] != i)
      return fail(ErrorKind::input, "its permutation is not one of {} axes", rank);
  if (x.constant) {
    OnnxTensor made = TRY(reorder_constant(low, *x.constant, {perm.begin(), perm.end()}));
    OnnxValue y = constant_value(low, std::move(made));
    y.quant = x.quant;
    y.real = x.real;
    y.dtype = x.dtype;
    y.quant.axis = static_cast<int>(std::ranges::find(perm, int64_t{x.quant.axis}) - perm.begin());
    define(low, node, std::move(y));
    return {};
  }
  TRY_STATUS(settle(low, x));
  OnnxValue y = x;
  for (int i = 0; i < rank; ++i) {
    const auto at = static_cast<size_t>(i);
    y.shape.dims[at] = x.shape[static_cast<int>(perm[at])];
    y.order[at] = static_cast<int>(std::ranges::find(perm, int64_t{x.order[at]}) - perm.begin());
  }
  define(low, node, std::move(y));
  return {};
}

}  // namespace assay
