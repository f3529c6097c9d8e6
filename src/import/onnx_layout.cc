// In which order a value's axes are stored, and how it gets into another one.
//
// Every way from one order to another is: a view where only axes of extent 1 move, a copy at
// import for constants, one transpose for the rest, remembered in case that a second operator asks.
// A reshape of a value that is out of order is put off (OnnxValue::before): a matrix that follows
// takes its weights in the stored order instead (onnx_matrix.cc).
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

/// Extents in the order that they are stored.
Shape arranged(const Shape& shape, const std::vector<int>& order) {
  Shape made;
  for (const int axis : order) made.dims.push_back(shape[axis]);
  return made;
}

/// The axes longer than 1, in the order that they are stored: what decides where elements lie.
std::vector<int> long_axes(const Shape& shape, const std::vector<int>& order) {
  std::vector<int> axes;
  for (const int axis : order)
    if (shape[axis] != 1) axes.push_back(axis);
  return axes;
}

Attrs new_shape(const Shape& shape) {
  Attrs attrs;
  attrs.set("new_shape", std::vector<int64_t>(shape.dims.begin(), shape.dims.end()));
  return attrs;
}

Result<TensorId> viewed(OnnxLowering& low, TensorId from, const Shape& shape) {
  const Tensor& tensor = tensor_of(low, from);
  if (tensor.shape == shape) return from;
  if (tensor.is_constant)
    return constant_tensor(low, tensor.name, tensor.dtype, shape, tensor.data, tensor.quant);
  return emit(low, "reshape", {from}, new_shape(shape),
              {tensor.name + " as " + text(shape), tensor.dtype, tensor.quant, shape});
}

Result<TensorId> transposed(OnnxLowering& low, TensorId from, const std::vector<int64_t>& perm) {
  const Tensor tensor = tensor_of(low, from);
  const TensorId order = TRY(integers_tensor(low, tensor.name + " order", perm));
  Quantisation quant = tensor.quant;
  if (quant.per_channel())
    quant.axis = static_cast<int>(std::ranges::find(perm, int64_t{quant.axis}) - perm.begin());
  return emit(low, "transpose", {from, order}, {},
              {tensor.name + " reordered", tensor.dtype, quant});
}

/// Elements stored in one order of `shape` brought into another.
Result<TensorId> rearranged(OnnxLowering& low, TensorId from, const Shape& shape,
                            const std::vector<int>& is, const std::vector<int>& wanted) {
  if (is == wanted) return from;
  if (long_axes(shape, is) == long_axes(shape, wanted))
    return viewed(low, from, arranged(shape, wanted));
  const auto known = low.reordered.find({from, wanted});
  if (known != low.reordered.end()) return known->second;
  std::vector<int64_t> perm;
  perm.reserve(wanted.size());
  for (const int axis : wanted) perm.push_back(std::ranges::find(is, axis) - is.begin());
  const TensorId made = TRY(transposed(low, from, perm));
  low.reordered[{from, wanted}] = made;
  return made;
}

/// The constant as a tensor of the graph, in the file's order.
TensorId tensor_of_constant(OnnxLowering& low, OnnxValue& value) {
  if (value.tensor == kNoTensor)
    value.tensor = constant_tensor(low, value.constant->name, value.constant->dtype, value.shape,
                                   value.constant->bytes, value.quant);
  return value.tensor;
}

}  // namespace

std::vector<int> plain_order(int rank) {
  std::vector<int> order(static_cast<size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

std::vector<int> image_order(int rank) {
  std::vector<int> order = plain_order(rank);
  if (rank > 2) std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  return order;
}

OnnxValue stored(Shape shape, TensorId tensor, const OnnxLowering& low, std::vector<int> order) {
  OnnxValue value;
  value.dtype = tensor_of(low, tensor).dtype;
  value.order = order.empty() ? plain_order(shape.rank()) : std::move(order);
  value.shape = std::move(shape);
  value.tensor = tensor;
  return value;
}

OnnxValue stored_like(OnnxLowering& low, TensorId tensor, const OnnxValue& x,
                      std::vector<int> order) {
  OnnxValue value = stored_as(low, tensor, std::move(order));
  value.dtype = x.dtype;
  value.real = x.real;
  return value;
}

Status settle(OnnxLowering& low, OnnxValue& value) {
  if (!value.before) return {};
  const int rank = value.before->rank();
  const TensorId plain =
      TRY(rearranged(low, value.tensor, *value.before, value.order, plain_order(rank)));
  value.tensor = TRY(viewed(low, plain, value.shape));
  value.order = plain_order(value.shape.rank());
  value.before.reset();
  return {};
}

Result<TensorId> in_order_as_stored(OnnxLowering& low, OnnxValue& value,
                                    const std::vector<int>& order) {
  if (!value.constant) {
    TRY_STATUS(settle(low, value));
    return rearranged(low, value.tensor, value.shape, value.order, order);
  }
  const TensorId plain = tensor_of_constant(low, value);
  if (order == value.order) return plain;
  const auto known = low.reordered.find({plain, order});
  if (known != low.reordered.end()) return known->second;
  const OnnxTensor made = TRY(reorder_constant(low, *value.constant, order));
  const TensorId id = constant_tensor(low, made.name, made.dtype, arranged(value.shape, order),
                                      made.bytes, value.quant);
  if (value.quant.per_channel())
    tensor_of(low, id).quant.axis =
        static_cast<int>(std::ranges::find(order, value.quant.axis) - order.begin());
  low.reordered[{plain, order}] = id;
  return id;
}

Status as_the_file_says(OnnxLowering& low, OnnxValue& value) {
  if (value.constant) return value.real ? make_real(low, value) : Status();
  const Tensor tensor = tensor_of(low, value.tensor);
  if (tensor.dtype == value.dtype) return {};
  const std::pair key{value.tensor, std::vector<int>{value.real ? -1 : -2}};
  TensorId made = low.reordered.contains(key) ? low.reordered.at(key) : kNoTensor;
  if (made == kNoTensor && value.real) {
    made = TRY(emit(low, "dequantize", {value.tensor}, {}, {tensor.name + " real", Dtype::f32}));
  } else if (made == kNoTensor) {
    Quantisation quant = tensor.quant;
    for (int32_t& zero : quant.zero_point) zero += 128;
    made = TRY(
        emit(low, "quantize", {value.tensor}, {}, {tensor.name + " as uint8", value.dtype, quant}));
  }
  low.reordered[key] = made;
  value.tensor = made;
  value.real = false;
  return {};
}

Result<TensorId> in_order(OnnxLowering& low, OnnxValue& value, const std::vector<int>& order) {
  TRY_STATUS(as_the_file_says(low, value));
  return in_order_as_stored(low, value, order);
}

Result<TensorId> in_plain_order(OnnxLowering& low, OnnxValue& value) {
  return in_order(low, value, plain_order(value.shape.rank()));
}

Result<OnnxValue> reshaped(OnnxLowering& low, OnnxValue& value, Shape shape) {
  if (shape.elements() != value.shape.elements())
    return fail(ErrorKind::input, "{} cannot become {}", text(value.shape), text(shape));
  OnnxValue made = value;
  made.shape = std::move(shape);
  if (value.constant) {
    OnnxTensor tensor = *value.constant;
    tensor.dims.assign(made.shape.dims.begin(), made.shape.dims.end());
    if (value.quant.per_channel())
      return fail(ErrorKind::unsupported, "reshapes weights quantised by channel");
    made = constant_value(low, std::move(tensor));
    made.quant = value.quant;
    return made;
  }
  if (!value.before) made.before = value.shape;
  const Shape& before = *made.before;
  const std::vector<int> plain = plain_order(before.rank());
  if (long_axes(before, made.order) != long_axes(before, plain)) return made;  // put off
  made.tensor = TRY(viewed(low, made.tensor, made.shape));
  made.order = plain_order(made.shape.rank());
  made.before.reset();
  return made;
}

Result<int> onnx_axis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank)
    return fail(ErrorKind::input, "axis {} is not one of {}", axis, rank);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace assay
