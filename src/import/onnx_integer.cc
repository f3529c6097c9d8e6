// Products of integers whose scale is known only as the model runs: what onnxruntime's
// quantize_dynamic makes (DynamicQuantizeLinear, MatMulInteger, ConvInteger, then Cast and Mul).
//
// uint8 is stored as int8 and its zero point too, both 128 lower: their difference is the same. A
// tensor of them says so with steps of 1, so that who wants the file's uint8 gets it
// (as_the_file_says). Not handled: two matrices that are both computed, a zero point by row.
// Source: https://onnx.ai/onnx/operators/, one page each; onnxruntime, docs/ContribOperators.md.
#include <algorithm>

#include "import/onnx_steps.h"
#include "import/onnx_window.h"

namespace assay {
namespace {

const Quantisation kShifted = {{1.0F}, {-128}, 0};

OnnxValue shifted_value(OnnxLowering& low, TensorId tensor, std::vector<int> order) {
  OnnxValue value = stored_as(low, tensor, std::move(order));
  value.dtype = Dtype::u8;
  return value;
}

/// Makes an 8-bit value that is no constant one that is stored as int8.
Status store_signed(OnnxLowering& low, OnnxValue& value, std::string_view role) {
  if (value.real || (value.dtype != Dtype::u8 && value.dtype != Dtype::s8))
    return fail(ErrorKind::unsupported, "{} of type {}", role, name(value.dtype));
  Tensor& tensor = tensor_of(low, value.tensor);
  if (tensor.dtype == Dtype::s8) return {};
  if (tensor.quant.empty()) tensor.quant = {{1.0F}, {0}, 0};
  Quantisation quant = tensor.quant;
  for (int32_t& zero : quant.zero_point) zero -= 128;
  value.tensor =
      TRY(emit(low, "quantize", {value.tensor}, {}, {tensor.name + " as int8", Dtype::s8, quant}));
  return {};
}

/// The zero point of an operand of that type, stored as that is; `count` numbers or one.
Result<TensorId> zero_point(OnnxLowering& low, const OnnxNode& node, size_t i, Dtype operand,
                            int64_t count) {
  const int64_t shift = operand == Dtype::u8 ? 128 : 0;
  std::vector<int64_t> zeros = {0};
  if (has_onnx_input(node, i)) {
    OnnxValue& given = *TRY(onnx_input(low, node, i));
    if (given.dtype != operand)
      return fail(ErrorKind::input, "a zero point of type {} for {}", name(given.dtype),
                  name(operand));
    if (given.shape.elements() != 1 && given.shape.elements() != count)
      return fail(ErrorKind::unsupported, "{} zero points", given.shape.elements());
    if (!given.constant) {
      TRY_STATUS(store_signed(low, given, "a zero point"));
      return given.tensor;
    }
    zeros = TRY(constant_integers(given, "the zero point"));
  }
  const std::span<int8_t> bytes =
      TRY(own_elements<int8_t>(low, static_cast<int64_t>(zeros.size())));
  std::ranges::transform(zeros, bytes.begin(),
                         [&](int64_t zero) { return static_cast<int8_t>(zero - shift); });
  Shape shape;
  if (zeros.size() > 1) shape.dims.push_back(static_cast<int32_t>(zeros.size()));
  return constant_tensor(low, node.outputs[0] + " zero", Dtype::s8, shape, std::as_bytes(bytes));
}

/// Constant weights as int8 with their axes in that order.
Result<TensorId> weights_tensor(OnnxLowering& low, const OnnxValue& w,
                                const std::vector<int>& order) {
  if (!w.constant || w.real)
    return fail(ErrorKind::unsupported, "weights that are not a constant of int8 or uint8");
  if (w.dtype != Dtype::s8 && w.dtype != Dtype::u8)
    return fail(ErrorKind::unsupported, "weights of type {}", name(w.dtype));
  OnnxTensor tensor = *w.constant;
  if (w.dtype == Dtype::u8) tensor = TRY(shifted_constant(low, tensor));
  if (tensor.dims.size() == 3 && order.size() == 4) tensor.dims.insert(tensor.dims.begin() + 2, 1);
  const OnnxTensor made = TRY(reorder_constant(low, tensor, order));
  Shape shape;
  for (const int64_t dim : made.dims) shape.dims.push_back(static_cast<int32_t>(dim));
  return constant_tensor(low, made.name, Dtype::s8, shape, made.bytes);
}

/// Inputs of the node: where the operands and their zero points stand.
struct IntegerInputs {
  size_t a = 0, b = 1, a_zero = 2, b_zero = 3;
};

/// Rows times weights, int32.
Result<TensorId> product_of(OnnxLowering& low, const OnnxNode& node, OnnxValue& a, TensorId a_zero,
                            const IntegerInputs& at) {
  const OnnxValue& b = *TRY(onnx_input(low, node, at.b));
  if (b.shape.rank() != 2)
    return fail(ErrorKind::unsupported, "a matrix of {}, two axes are supported", text(b.shape));
  const TensorId weights = TRY(weights_tensor(low, b, {1, 0}));
  std::vector<TensorId> inputs = {TRY(in_order_as_stored(low, a, plain_order(a.shape.rank()))),
                                  weights, a_zero};
  inputs.push_back(TRY(zero_point(low, node, at.b_zero, b.dtype, b.shape[1])));
  return emit(low, "matmul_integer", inputs, {}, {node.outputs[0] + " product", Dtype::s32});
}

struct Quantised {
  OnnxValue values;
  TensorId scale = kNoTensor, zero = kNoTensor;
};

Result<Quantised> quantised_now(OnnxLowering& low, OnnxValue& x, const std::string& name) {
  TRY_STATUS(as_the_file_says(low, x));
  if (x.dtype != Dtype::f32)
    return fail(ErrorKind::unsupported, "of type {}", assay::name(x.dtype));
  TRY_STATUS(settle(low, x));
  const TensorId from = TRY(in_order(low, x, x.order));
  const std::vector<TensorId> made = TRY(emit(low, "dynamic_quantize_linear", {from}, {},
                                              {{name, Dtype::s8, kShifted},
                                               {name + " scale", Dtype::f32},
                                               {name + " zero", Dtype::s8, kShifted}}));
  return Quantised{shifted_value(low, made[0], x.order), made[1], made[2]};
}

}  // namespace

Status onnx_dynamic_quantize_linear(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  Quantised made = TRY(quantised_now(low, x, node.outputs[0]));
  define(low, node, std::move(made.values));
  define(low, node, stored_as(low, made.scale, {}), 1);
  define(low, node, shifted_value(low, made.zero, {}), 2);
  return {};
}

Status onnx_matmul_integer(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& a = *TRY(onnx_input(low, node, 0));
  if (a.constant) return fail(ErrorKind::unsupported, "a first matrix that is constant");
  const Dtype dtype = a.dtype;
  TRY_STATUS(store_signed(low, a, "a matrix"));
  const TensorId zero = TRY(zero_point(low, node, 2, dtype, 1));
  const TensorId made = TRY(product_of(low, node, a, zero, {}));
  define(low, node, stored(tensor_of(low, made).shape, made, low));
  return {};
}

Status onnx_conv_integer(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxValue& w = *TRY(onnx_input(low, node, 1));
  if (x.constant) return fail(ErrorKind::unsupported, "an image that is constant");
  if (x.shape.rank() < 3 || w.shape.rank() != x.shape.rank() || w.shape.rank() > 4)
    return fail(ErrorKind::unsupported, "an image of {} and weights of {}", text(x.shape),
                text(w.shape));
  const OnnxWindow window = TRY(onnx_window(
      node, x.shape, std::vector<int64_t>{w.shape.dims.begin() + 2, w.shape.dims.end()}));
  if (x.shape[1] != saturating_product(w.shape[1], node.integer("group", 1)))
    return fail(ErrorKind::input, "{} channels and filters of {} in {} groups", x.shape[1],
                w.shape[1], node.integer("group", 1));
  const Dtype dtype = x.dtype;
  TRY_STATUS(store_signed(low, x, "an image"));
  std::vector<TensorId> inputs = {TRY(image_tensor(low, x, true))};
  inputs.push_back(TRY(weights_tensor(low, w, {0, 2, 3, 1})));
  inputs.push_back(TRY(zero_point(low, node, 2, dtype, 1)));
  inputs.push_back(TRY(zero_point(low, node, 3, w.dtype, 1)));
  const TensorId made = TRY(emit(low, "conv_integer", inputs, window_attrs(window, x.shape),
                                 {node.outputs[0], Dtype::s32}));
  define(low, node, TRY(image_value(low, made, x.shape.rank())));
  return {};
}

/// What ONNX Runtime fuses MatMulInteger, Cast, Mul and Add to; DynamicQuantizeMatMul quantises its
/// rows too.
Status onnx_dynamic_quantize_matmul(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& a = *TRY(onnx_input(low, node, 0));
  if (a.constant) return fail(ErrorKind::unsupported, "a first matrix that is constant");
  const bool is_float = node.op == "DynamicQuantizeMatMul";
  const OnnxSteps steps{low, node.outputs[0]};
  const auto tensor = [&](size_t i) -> Result<TensorId> {
    OnnxValue* value = TRY(onnx_input(low, node, i));
    return in_plain_order(low, *value);
  };
  Quantised rows{a};
  if (is_float) {
    rows = TRY(quantised_now(low, a, node.outputs[0] + " rows"));
  } else {
    rows.zero = TRY(zero_point(low, node, 4, a.dtype, 1));
    TRY_STATUS(store_signed(low, rows.values, "a matrix"));
    rows.scale = TRY(tensor(2));
  }
  const IntegerInputs at{.b_zero = is_float ? size_t{3} : size_t{5}};
  const TensorId product = TRY(product_of(low, node, rows.values, rows.zero, at));
  const TensorId by = TRY(tensor(is_float ? 2 : 3));
  const TensorId scale = TRY(steps("mul", {rows.scale, by}));
  const TensorId real = TRY(steps.cast(product, Dtype::f32));
  TensorId made = TRY(steps("mul", {real, scale}));
  if (const size_t bias = is_float ? 4 : 6; has_onnx_input(node, bias)) {
    const TensorId addend = TRY(tensor(bias));
    made = TRY(steps("add", {made, addend}));
  }
  steps.define(node, made);
  return {};
}

}  // namespace assay
