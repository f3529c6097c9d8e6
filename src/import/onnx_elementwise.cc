// Element-wise operators: they take their inputs in the order that these are stored in, and
// quantised if they are and the result is to be (onnx_quant.cc).
//
// Sum, Max and Min of several inputs are a chain of two each. Source:
// https://onnx.ai/onnx/operators/, one page each; broadcasting: docs/Broadcasting.md of ONNX.
#include <algorithm>
#include <cmath>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

struct SameRow {
  std::string_view onnx, op;
  int inputs;
};

constexpr SameRow kSame[] = {
#define ASSAY_ONNX_SAME(onnx, op, inputs) {#onnx, #op, inputs},
#include "import/onnx_same.def"
#undef ASSAY_ONNX_SAME
};

const SameRow* find_same(std::string_view op) {
  const auto* const found = std::ranges::find(kSame, op, &SameRow::onnx);
  return found == std::end(kSame) ? nullptr : found;
}

bool is_plain(const OnnxValue& value) {
  return value.order == plain_order(static_cast<int>(value.order.size()));
}

/// Operators of ours whose int8 form takes any scales: a QuantizeLinear behind them becomes theirs.
bool has_int8_form(std::string_view op) {
  constexpr std::string_view kOps[] = {"add",   "sub",        "mul",       "relu",
                                       "relu6", "leaky_relu", "hard_swish"};
  return std::ranges::find(kOps, op) != std::end(kOps);
}

/// The only scale and zero point of the int8 form of some operators; nothing: it has none.
std::optional<Quantisation> only_int8_form(std::string_view op) {
  if (op == "logistic") return Quantisation{{1.0F / 256}, {-128}, 0};
  if (op == "tanh") return Quantisation{{1.0F / 128}, {0}, 0};
  return {};
}

bool takes_activation(std::string_view op) { return op == "add" || op == "sub" || op == "mul"; }

bool compares(std::string_view op) {
  constexpr std::string_view kOps[] = {"equal", "less", "less_equal", "greater", "greater_equal"};
  return std::ranges::find(kOps, op) != std::end(kOps);
}

/// One input as a tensor that broadcasts against others of that rank in that order.
Result<TensorId> widened(OnnxLowering& low, OnnxValue& value, const std::vector<int>& order,
                         bool stored) {
  const auto rank = static_cast<int>(order.size());
  const bool plain = order == plain_order(rank);
  if (!stored) TRY_STATUS(as_the_file_says(low, value));
  if (value.shape.rank() == rank) return in_order_as_stored(low, value, order);
  if (plain && is_plain(value))
    return in_order_as_stored(low, value, plain_order(value.shape.rank()));
  Shape shape = value.shape;
  shape.dims.insert(shape.dims.begin(), static_cast<size_t>(rank - shape.rank()), 1);
  OnnxValue wide = TRY(reshaped(low, value, shape));
  return in_order_as_stored(low, wide, order);
}

}  // namespace

bool is_onnx_same(std::string_view op) { return find_same(op) != nullptr; }

Result<std::vector<TensorId>> in_common_order(OnnxLowering& low,
                                              const std::vector<OnnxValue*>& values,
                                              std::vector<int>& order, bool stored) {
  int rank = 0;
  for (OnnxValue* value : values) {
    TRY_STATUS(settle(low, *value));
    rank = std::max(rank, value->shape.rank());
  }
  // The largest decides.
  order = plain_order(rank);
  int64_t most = 1;
  for (const OnnxValue* value : values)
    if (!value->constant && value->shape.rank() == rank && value->shape.elements() > most) {
      most = value->shape.elements();
      order = value->order;
    }
  std::vector<TensorId> tensors;
  for (OnnxValue* value : values) tensors.push_back(TRY(widened(low, *value, order, stored)));
  return tensors;
}

OnnxValue stored_as(OnnxLowering& low, TensorId tensor, std::vector<int> order) {
  const Shape& is = tensor_of(low, tensor).shape;
  Shape shape = is;
  for (size_t i = 0; i < order.size(); ++i) shape.dims[static_cast<size_t>(order[i])] = is.dims[i];
  return stored(std::move(shape), tensor, low, std::move(order));
}

Status lower_elementwise(OnnxLowering& low, const OnnxNode& node, std::string_view op,
                         Attrs attrs) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const bool is_s8 = is_stored_s8(low, x);
  const std::optional<Quantisation> only = only_int8_form(op);
  const OnnxEnd end = only ? end_with(low, node, is_s8, *only)
                           : end_of(low, node, has_int8_form(op) && is_s8, false);
  if (!end.quantised) TRY_STATUS(as_the_file_says(low, x));
  OnnxValue y = x;
  const TensorId from = x.constant ? TRY(in_order_as_stored(low, x, x.order)) : x.tensor;
  EmitOutput output = output_of(end);
  if (!end.quantised) output.dtype = tensor_of(low, from).dtype;
  y.constant = nullptr;
  y.real = false;
  y.tensor = TRY(emit(low, op, {from}, std::move(attrs), output));
  y.dtype = end.quantised ? end.dtype : output.dtype;
  low.values.insert_or_assign(end.output, std::move(y));
  return {};
}

Status lower_broadcast(OnnxLowering& low, const OnnxNode& node, std::string_view op, Attrs attrs) {
  std::vector<OnnxValue*> inputs;
  bool quantised = has_int8_form(op);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(TRY(onnx_input(low, node, i)));
    quantised = quantised && is_stored_s8(low, *inputs.back());
  }
  const bool fuses = takes_activation(op) && inputs[0]->dtype == Dtype::f32;
  OnnxEnd end = end_of(low, node, quantised, fuses);
  if (end.activation != "none") attrs.set("activation", end.activation);
  std::vector<int> order;
  const std::vector<TensorId> tensors = TRY(in_common_order(low, inputs, order, end.quantised));
  EmitOutput output = output_of(end);
  if (!end.quantised)
    output.dtype = compares(op) ? Dtype::boolean : tensor_of(low, tensors.back()).dtype;
  if (!end.quantised) end.dtype = output.dtype;
  const TensorId made = TRY(emit(low, op, tensors, std::move(attrs), output));
  define_end(low, end, stored_as(low, made, std::move(order)));
  return {};
}

namespace {

/// Before opset 7 the second input was aligned at `axis`, not at the last one.
Result<OnnxNode> aligned(OnnxLowering& low, const OnnxNode& node) {
  if (low.opset >= 7 || !node.has("axis")) return node;
  const Shape& a = TRY(onnx_input(low, node, 0))->shape;
  OnnxValue& b = *TRY(onnx_input(low, node, 1));
  Shape shape = b.shape;
  for (int64_t i = node.integer("axis", 0) + b.shape.rank(); i < a.rank() && i >= 0; ++i)
    shape.dims.push_back(1);
  OnnxValue made = TRY(reshaped(low, b, shape));
  return with_input(low, node, 1, std::move(made));
}

}  // namespace

/// A division by a constant is a multiplication by its reciprocal: one more rounding, and no
/// division on the target, where it takes an order of magnitude longer.
Status onnx_div(OnnxLowering& low, const OnnxNode& given) {
  const OnnxNode node = TRY(aligned(low, given));
  OnnxValue by = *TRY(onnx_input(low, node, 1));
  TRY_STATUS(as_the_file_says(low, by));
  if (!by.constant || by.dtype != Dtype::f32) return lower_broadcast(low, node, "div");
  const std::vector<float> values = TRY(constant_floats(by, "the divisor"));
  const std::span<float> reciprocals =
      TRY(own_elements<float>(low, static_cast<int64_t>(values.size())));
  for (size_t i = 0; i < values.size(); ++i) {
    reciprocals[i] = 1.0F / values[i];
    if (!std::isnormal(reciprocals[i])) return lower_broadcast(low, node, "div");
  }
  OnnxTensor tensor = *by.constant;
  tensor.bytes = std::as_bytes(reciprocals);
  OnnxValue reciprocal = constant_value(low, std::move(tensor));
  return lower_broadcast(low, with_input(low, node, 1, std::move(reciprocal)), "mul");
}

namespace {

/// The infinity that a constant is, or 0.
float infinity_of(const OnnxValue& value) {
  if (!value.constant || value.dtype != Dtype::f32 || value.shape.elements() != 1) return 0;
  const Result<std::vector<float>> values = constant_floats(value, "a bound");
  return values && std::isinf(values->front()) ? values->front() : 0.0F;
}

/// x = infinity as x >= the largest float, at which sums stop here, as TFLite's do.
Status lower_is_infinite(OnnxLowering& low, const OnnxNode& node, float infinity) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  const std::span<float> bound = TRY(own_elements<float>(low, 1));
  bound[0] = infinity > 0 ? kLargest : -kLargest;
  OnnxTensor tensor;
  tensor.name = node.outputs[0] + " bound";
  tensor.dtype = Dtype::f32;
  tensor.bytes = std::as_bytes(bound);
  OnnxValue value = constant_value(low, std::move(tensor));
  return lower_broadcast(low, with_input(low, node, 1, std::move(value)),
                         infinity > 0 ? "greater_equal" : "less_equal");
}

}  // namespace

Status onnx_same(OnnxLowering& low, const OnnxNode& node) {
  const SameRow* row = find_same(node.op);
  if (std::cmp_not_equal(node.inputs.size(), row->inputs))
    return fail(ErrorKind::unsupported, "{} inputs, {} takes {}", node.inputs.size(), row->op,
                row->inputs);
  if (row->inputs == 1) return lower_elementwise(low, node, row->op, {});
  if (row->op == "equal")
    if (const float infinity = infinity_of(*TRY(onnx_input(low, node, 1))); infinity != 0)
      return lower_is_infinite(low, node, infinity);
  return lower_broadcast(low, TRY(aligned(low, node)), row->op);
}

/// The condition decides between two, all three broadcast.
Status onnx_where(OnnxLowering& low, const OnnxNode& node) {
  std::vector<OnnxValue*> inputs;
  for (size_t i = 0; i < 3; ++i) inputs.push_back(TRY(onnx_input(low, node, i)));
  std::vector<int> order;
  const std::vector<TensorId> tensors = TRY(in_common_order(low, inputs, order, false));
  const TensorId made =
      TRY(emit(low, "select_v2", tensors, {}, {node.outputs[0], tensor_of(low, tensors[1]).dtype}));
  define(low, node, stored_as(low, made, std::move(order)));
  return {};
}

/// 1 / x.
Status onnx_reciprocal(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  OnnxValue y = x;
  const TensorId from = x.constant ? TRY(in_order_as_stored(low, x, x.order)) : x.tensor;
  const float one[] = {1.0F};
  const TensorId numerator = TRY(float_tensor(low, node.outputs[0] + " one", {}, one));
  y.constant = nullptr;
  y.tensor = TRY(emit(low, "div", {numerator, from}, {}, {node.outputs[0], Dtype::f32}));
  define(low, node, std::move(y));
  return {};
}

/// Of the divisor's sign, as our floor_mod; fmod = 1, of the dividend's, is another operator.
Status onnx_mod(OnnxLowering& low, const OnnxNode& node) {
  if (node.integer("fmod", 0) != 0) return fail(ErrorKind::unsupported, "fmod = 1");
  if (TRY(onnx_input(low, node, 0))->dtype == Dtype::f32)
    return fail(ErrorKind::unsupported, "floats, whose modulo by infinity is another");
  return lower_broadcast(low, node, "floor_mod");
}

std::optional<Dtype> onnx_type(int64_t type) {
  constexpr Dtype kTypes[] = {Dtype::other, Dtype::f32, Dtype::u8,  Dtype::s8,    Dtype::u16,
                              Dtype::s16,   Dtype::s32, Dtype::s64, Dtype::other, Dtype::boolean,
                              Dtype::f16,   Dtype::f64, Dtype::u32, Dtype::u64};
  if (type < 0 || std::cmp_greater_equal(type, std::size(kTypes))) return {};
  const Dtype dtype = kTypes[type];
  return dtype == Dtype::other ? std::optional<Dtype>() : dtype;
}

/// To the type that the file says, or to another input's.
Status onnx_cast(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  const std::optional<Dtype> to = node.op == "CastLike" ? TRY(onnx_input(low, node, 1))->dtype
                                                        : onnx_type(node.integer("to", 0));
  if (!to) return fail(ErrorKind::unsupported, "to type {}", node.integer("to", 0));
  if (*to == x.dtype) {
    define(low, node, x);
    return {};
  }
  OnnxValue y = x;
  const TensorId from = x.constant ? TRY(in_order_as_stored(low, x, x.order)) : x.tensor;
  y.constant = nullptr;
  y.dtype = *to;
  y.tensor = TRY(emit(low, "cast", {from}, {}, {node.outputs[0], *to}));
  define(low, node, std::move(y));
  return {};
}

Status onnx_variadic(OnnxLowering& low, const OnnxNode& node) {
  const std::string_view op = node.op == "Sum" || node.op == "Mean" ? "add"
                              : node.op == "Max"                    ? "maximum"
                                                                    : "minimum";
  if (node.inputs.empty()) return fail(ErrorKind::input, "has no inputs");
  OnnxValue sum = *TRY(onnx_input(low, node, 0));
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    std::vector<int> order;
    const std::vector<OnnxValue*> both = {&sum, TRY(onnx_input(low, node, i))};
    const std::vector<TensorId> tensors = TRY(in_common_order(low, both, order, false));
    const TensorId made =
        TRY(emit(low, op, tensors, {}, {node.outputs[0], tensor_of(low, tensors[0]).dtype}));
    sum = stored_as(low, made, std::move(order));
  }
  if (node.op == "Mean" && node.inputs.size() > 1) {
    const float count[] = {static_cast<float>(node.inputs.size())};
    const TensorId by = TRY(float_tensor(low, node.outputs[0] + " count", {}, count));
    sum.tensor = TRY(emit(low, "div", {sum.tensor, by}, {}, {node.outputs[0], Dtype::f32}));
  }
  define(low, node, std::move(sum));
  return {};
}

}  // namespace assay
