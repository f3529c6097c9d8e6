// Quantisation: QuantizeLinear and DequantizeLinear around real operators (QDQ), and what both
// forms share.
//
// A DequantizeLinear is put off (OnnxValue::real): its value stays stored as integers. An operator
// that finds all of its inputs so, and a QuantizeLinear behind it, becomes one of our quantised
// operators; any other gets the real numbers it asks for. uint8 is stored as int8 with a zero point
// 128 lower, which is exact: real = scale * ((q - 128) - (zero - 128)).
//
// ONNX Runtime rounds halves to even and rescales in float; ours are TFLM's roundings, so results
// may differ by one step. Sums of weights
// that are not symmetric are TFLite's of uint8. Not handled: scales that are computed, blocks.
// Source: https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

/// What a scale and a zero point among a node's inputs say; of the type that the file stores.
struct Steps {
  Quantisation quant;
  Dtype dtype = Dtype::u8;
};

Result<Steps> steps_of(const OnnxLowering& low, const OnnxNode& node, size_t scale, size_t zero,
                       Dtype otherwise) {
  const auto value_of = [&](size_t i) -> const OnnxValue* {
    const auto found = low.values.find(node.inputs[i]);
    return found == low.values.end() ? nullptr : &found->second;
  };
  const OnnxValue* given = has_onnx_input(node, scale) ? value_of(scale) : nullptr;
  if (!given) return fail(ErrorKind::unsupported, "a scale that is not known");
  Steps steps;
  steps.dtype = otherwise;
  steps.quant.scale = TRY(constant_floats(*given, "the scale"));
  if (given->shape.rank() > 1) return fail(ErrorKind::unsupported, "scales in blocks");
  steps.quant.zero_point.assign(steps.quant.scale.size(), 0);
  for (const float each : steps.quant.scale)
    if (!std::isfinite(each) || each <= 0)
      return fail(ErrorKind::input, "scale {} is not a positive number", each);
  const OnnxValue* zeros = has_onnx_input(node, zero) ? value_of(zero) : nullptr;
  if (!zeros) return steps;
  steps.dtype = zeros->dtype;
  const std::vector<int64_t> values = TRY(constant_integers(*zeros, "the zero point"));
  if (values.size() != steps.quant.scale.size())
    return fail(ErrorKind::input, "{} scales but {} zero points", steps.quant.scale.size(),
                values.size());
  steps.quant.zero_point.assign(values.begin(), values.end());
  return steps;
}

Quantisation shifted(Quantisation quant) {
  for (int32_t& zero : quant.zero_point) zero -= 128;
  return quant;
}

/// How a tensor of that type is stored: uint8 as int8.
Steps as_stored(Steps steps) {
  if (steps.dtype != Dtype::u8) return steps;
  return {shifted(std::move(steps.quant)), Dtype::s8};
}

Result<OnnxValue> real_constant(OnnxLowering& low, const OnnxValue& from, Steps steps, int axis) {
  OnnxTensor tensor = *from.constant;
  if (tensor.dtype == Dtype::u8) tensor = TRY(shifted_constant(low, tensor));
  OnnxValue value = constant_value(low, std::move(tensor));
  value.quant = as_stored(std::move(steps)).quant;
  value.quant.axis = axis;
  if (value.quant.per_channel() &&
      (axis >= value.shape.rank() ||
       std::cmp_not_equal(value.quant.scale.size(), value.shape[axis])))
    return fail(ErrorKind::input, "{} scales along axis {} of {}", value.quant.scale.size(), axis,
                text(value.shape));
  value.dtype = Dtype::f32;
  value.real = true;
  return value;
}

template <class T>
void to_real(const OnnxValue& from, std::span<float> to) {
  const Quantisation& quant = from.quant;
  size_t inner = 1;
  for (int i = quant.axis + 1; i < from.shape.rank(); ++i)
    inner *= static_cast<size_t>(from.shape[i]);
  for (size_t i = 0; i < to.size(); ++i) {
    T q;
    std::memcpy(&q, &from.constant->bytes[i * sizeof(T)], sizeof q);
    const size_t c = quant.per_channel() ? i / inner % quant.scale.size() : 0;
    to[i] = quant.scale[c] * static_cast<float>(int64_t{q} - quant.zero_point[c]);
  }
}

}  // namespace

bool same_steps(const Quantisation& a, const Quantisation& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point;
}

Result<OnnxTensor> shifted_constant(OnnxLowering& low, const OnnxTensor& from) {
  const std::span<std::byte> bytes = TRY(own_bytes(low, static_cast<int64_t>(from.bytes.size())));
  std::ranges::transform(from.bytes, bytes.begin(),
                         [](std::byte b) { return b ^ std::byte{0x80}; });
  OnnxTensor made = from;
  made.dtype = Dtype::s8;
  made.bytes = bytes;
  return made;
}

Status make_real(OnnxLowering& low, OnnxValue& value) {
  const std::span<float> to = TRY(own_elements<float>(low, value.shape.elements()));
  switch (value.constant->dtype) {
    case Dtype::s8:
      to_real<int8_t>(value, to);
      break;
    case Dtype::s16:
      to_real<int16_t>(value, to);
      break;
    case Dtype::s32:
      to_real<int32_t>(value, to);
      break;
    default:
      return fail(ErrorKind::unsupported, "constants of type {} that are dequantised",
                  name(value.constant->dtype));
  }
  OnnxTensor tensor = *value.constant;
  tensor.dtype = Dtype::f32;
  tensor.bytes = std::as_bytes(to);
  value = constant_value(low, std::move(tensor));
  return {};
}

Result<std::vector<int32_t>> int32_bias(OnnxLowering& low, const OnnxValue& bias,
                                        const Quantisation& input, const Quantisation& weights) {
  if (!bias.constant) return fail(ErrorKind::unsupported, "a bias that is not constant");
  OnnxValue real = bias;
  if (bias.real) TRY_STATUS(make_real(low, real));
  const std::vector<float> values = TRY(constant_floats(real, "the bias"));
  const bool has_integers = bias.real && bias.constant->dtype == Dtype::s32;
  std::vector<int64_t> integers(values.size());
  if (has_integers) {
    OnnxValue as_integers = bias;
    as_integers.dtype = Dtype::s32;
    integers = TRY(constant_integers(as_integers, "the bias"));
  }
  std::vector<int32_t> made;
  for (size_t c = 0; c < values.size(); ++c) {
    const double step = static_cast<double>(input.scale[0]) *
                        static_cast<double>(weights.scale[weights.per_channel() ? c : 0]);
    const double said =
        has_integers ? static_cast<double>(bias.quant.scale[bias.quant.per_channel() ? c : 0]) : 0;
    const bool same = std::abs(said - step) <= 1e-6 * step;
    const double steps =
        same ? static_cast<double>(integers[c]) : std::round(static_cast<double>(values[c]) / step);
    if (!(std::abs(steps) < 2147483647.0))
      return fail(ErrorKind::unsupported, "bias {} is beyond 32 bits in steps of {}", values[c],
                  step);
    made.push_back(static_cast<int32_t>(steps));
  }
  return made;
}

bool is_stored_s8(const OnnxLowering& low, const OnnxValue& value) {
  if (!value.real) return false;
  return (value.constant ? value.constant->dtype : tensor_of(low, value.tensor).dtype) == Dtype::s8;
}

const Quantisation& quant_of(const OnnxLowering& low, const OnnxValue& value) {
  return value.constant ? value.quant : tensor_of(low, value.tensor).quant;
}

namespace {

/// The QuantizeLinear that alone follows, if it has one scale and an 8-bit type.
const OnnxNode* quantised_after(const OnnxLowering& low, const std::string& output, Steps& steps) {
  const OnnxNode* user = only_user(low, output);
  if (!user || user->op != "QuantizeLinear" || !user->domain.empty() || user->inputs[0] != output)
    return nullptr;
  const Result<Steps> said = steps_of(low, *user, 1, 2, Dtype::u8);
  if (!said || said->quant.per_channel() || (said->dtype != Dtype::u8 && said->dtype != Dtype::s8))
    return nullptr;
  steps = *said;
  return user;
}

OnnxEnd quantised_end(const std::string& output, const Steps& steps) {
  return {
      .output = output, .quantised = true, .dtype = steps.dtype, .quant = as_stored(steps).quant};
}

}  // namespace

OnnxEnd end_of(OnnxLowering& low, const OnnxNode& node, bool quantised, bool takes_activation) {
  if (quantised && low.forced) {
    const OnnxEnd end = *low.forced;
    low.forced.reset();
    return end;
  }
  OnnxEnd end{.output = node.outputs[0]};
  if (low.forced) return end;
  if (takes_activation) {
    const FusedActivation fused = fuse_activation(low, node);
    end.activation = fused.word;
    end.output = fused.output;
  }
  if (!quantised) return end;
  Steps steps;
  const OnnxNode* user = quantised_after(low, end.output, steps);
  if (!user) return end;
  mark_done(low, *user);
  OnnxEnd behind = quantised_end(user->outputs[0], steps);
  behind.activation = end.activation;
  return behind;
}

namespace {

/// The int8 tensor as uint8, 128 higher.
Result<TensorId> as_uint8(OnnxLowering& low, TensorId id) {
  const Tensor from = tensor_of(low, id);
  Quantisation quant = from.quant;
  for (int32_t& zero : quant.zero_point) zero += 128;
  if (from.is_constant) {
    const std::span<std::byte> bytes = TRY(own_bytes(low, static_cast<int64_t>(from.data.size())));
    std::ranges::transform(from.data, bytes.begin(),
                           [](std::byte b) { return b ^ std::byte{0x80}; });
    return constant_tensor(low, from.name, Dtype::u8, from.shape, bytes, quant);
  }
  const std::pair key{id, std::vector<int>{-2}};  // as in as_the_file_says
  const auto known = low.reordered.find(key);
  if (known != low.reordered.end()) return known->second;
  const TensorId made =
      TRY(emit(low, "quantize", {id}, {}, {from.name + " as uint8", Dtype::u8, quant}));
  low.reordered[key] = made;
  return made;
}

}  // namespace

Result<TensorId> emit_sums(OnnxLowering& low, std::string_view op, std::vector<TensorId> inputs,
                           Attrs attrs, const OnnxEnd& end) {
  const Tensor& weights = tensor_of(low, inputs[1]);
  const bool symmetric =
      std::ranges::all_of(weights.quant.zero_point, [](int32_t zero) { return zero == 0; });
  if (!end.quantised || symmetric)
    return emit(low, op, std::move(inputs), std::move(attrs), output_of(end));
  if (weights.quant.per_channel())
    return fail(ErrorKind::unsupported, "weights with a zero point by channel");
  for (TensorId& input : {std::ref(inputs[0]), std::ref(inputs[1])})
    input = TRY(as_uint8(low, input));
  EmitOutput output = output_of(end);
  output.name += " as uint8";
  output.dtype = Dtype::u8;
  for (int32_t& zero : output.quant.zero_point) zero += 128;
  const TensorId made = TRY(emit(low, op, std::move(inputs), std::move(attrs), output));
  const TensorId back = TRY(emit(low, "quantize", {made}, {}, output_of(end)));
  low.reordered[{back, {-2}}] = made;
  return back;
}

OnnxEnd end_with(OnnxLowering& low, const OnnxNode& node, bool quantised,
                 const Quantisation& only) {
  if (low.forced) return end_of(low, node, quantised && same_steps(low.forced->quant, only), false);
  Steps steps;
  const OnnxNode* user = quantised ? quantised_after(low, node.outputs[0], steps) : nullptr;
  return end_of(low, node, user && same_steps(as_stored(steps).quant, only), false);
}

EmitOutput output_of(const OnnxEnd& end) {
  if (!end.quantised) return {end.output, Dtype::f32};
  return {end.output, Dtype::s8, end.quant};
}

void define_end(OnnxLowering& low, const OnnxEnd& end, OnnxValue value) {
  value.dtype = end.dtype;
  low.values.insert_or_assign(end.output, std::move(value));
}

Result<OnnxValue> real_value(OnnxLowering& low, const OnnxNode& node, size_t i, size_t scale,
                             size_t zero, int64_t axis) {
  OnnxValue& x = *TRY(onnx_input(low, node, i));
  const Steps steps = TRY(steps_of(low, node, scale, zero, x.dtype));
  const int rank = std::max(x.shape.rank(), 1);
  if (x.constant) {
    const int along = steps.quant.per_channel() ? TRY(onnx_axis(axis, rank)) : 0;
    return real_constant(low, x, steps, along);
  }
  if (steps.quant.per_channel()) return fail(ErrorKind::unsupported, "scales by channel of data");
  OnnxValue value = x;
  const Steps wanted = as_stored(steps);
  if (x.dtype == Dtype::u8 && tensor_of(low, x.tensor).dtype == Dtype::u8) {
    Tensor& given = tensor_of(low, x.tensor);
    if (given.quant.empty()) given.quant = steps.quant;
    if (!same_steps(given.quant, steps.quant))
      return fail(ErrorKind::unsupported, "'{}' is taken with two scales", given.name);
    value.tensor = TRY(
        emit(low, "quantize", {x.tensor}, {}, {given.name + " as int8", Dtype::s8, wanted.quant}));
  }
  Tensor& tensor = tensor_of(low, value.tensor);
  if (tensor.quant.empty()) tensor.quant = wanted.quant;
  if (!same_steps(tensor.quant, wanted.quant))
    return fail(ErrorKind::unsupported, "'{}' is taken with two scales", tensor.name);
  value.dtype = Dtype::f32;
  value.real = true;
  return value;
}

Status onnx_dequantize_linear(OnnxLowering& low, const OnnxNode& node) {
  define(low, node, TRY(real_value(low, node, 0, 1, 2, node.integer("axis", 1))));
  return {};
}

namespace {

/// The value quantised with these steps, defined under that name.
Status quantise(OnnxLowering& low, OnnxValue& x, const OnnxEnd& end) {
  if (!is_stored_s8(low, x)) TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  OnnxValue y = x;
  y.tensor = TRY(in_order_as_stored(low, x, x.order));
  if (!is_stored_s8(low, x) || !same_steps(tensor_of(low, y.tensor).quant, end.quant))
    y.tensor = TRY(emit(low, "quantize", {y.tensor}, {}, {end.output, end.stored, end.quant}));
  y.constant = nullptr;
  y.quant = {};
  y.real = false;
  define_end(low, end, std::move(y));
  return {};
}

}  // namespace

Status onnx_quantize_linear(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const Steps steps = TRY(steps_of(low, node, 1, 2, Dtype::u8));
  if (steps.quant.per_channel()) return fail(ErrorKind::unsupported, "scales by channel of data");
  OnnxEnd end = quantised_end(node.outputs[0], steps);
  end.stored = as_stored(steps).dtype;
  return quantise(low, x, end);
}

namespace {

/// An input of a QLinear operator: its place and those of its scale and zero point.
struct RealInput {
  size_t at, scale, zero;
};

/// How a QLinear operator is written with QuantizeLinear and DequantizeLinear around a real one.
struct QLinearRow {
  std::string_view op, real;
  std::vector<RealInput> inputs;
  size_t scale, zero;  ///< of the output
};

const std::vector<QLinearRow>& qlinear_rows() {
  static const std::vector<QLinearRow> rows = {
      {"QLinearConv", "Conv", {{0, 1, 2}, {3, 4, 5}}, 6, 7},
      {"QLinearMatMul", "MatMul", {{0, 1, 2}, {3, 4, 5}}, 6, 7},
      {"QGemm", "Gemm", {{0, 1, 2}, {3, 4, 5}}, 7, 8},
      {"QLinearAdd", "Add", {{0, 1, 2}, {3, 4, 5}}, 6, 7},
      {"QLinearMul", "Mul", {{0, 1, 2}, {3, 4, 5}}, 6, 7},
      {"QLinearAveragePool", "AveragePool", {{0, 1, 2}}, 3, 4},
      {"QLinearGlobalAveragePool", "GlobalAveragePool", {{0, 1, 2}}, 3, 4},
      {"QLinearSigmoid", "Sigmoid", {{0, 1, 2}}, 3, 4},
      {"QLinearLeakyRelu", "LeakyRelu", {{0, 1, 2}}, 3, 4},
      {"QLinearSoftmax", "Softmax", {{0, 1, 2}}, 3, 4},
  };
  return rows;
}

/// The bias of a QLinear operator: int32, with the scale of input times weights.
Result<OnnxValue> real_bias(OnnxLowering& low, const OnnxNode& node, size_t i, const OnnxValue& x,
                            const OnnxValue& w) {
  const OnnxValue& bias = *TRY(onnx_input(low, node, i));
  if (!bias.constant) return fail(ErrorKind::unsupported, "a bias that is not constant");
  OnnxValue real = bias;
  real.quant = quant_of(low, w);
  for (float& scale : real.quant.scale) scale *= quant_of(low, x).scale[0];
  std::ranges::fill(real.quant.zero_point, 0);
  real.quant.axis = 0;
  real.dtype = Dtype::f32;
  real.real = true;
  return real;
}

}  // namespace

namespace {

/// Lowers the real node into what is quantised at that end.
Status lower_into(OnnxLowering& low, const OnnxNode& real, const OnnxEnd& end) {
  low.forced = end;
  const int64_t opset = low.opset;
  if (real.op == "Softmax") low.opset = real.integer("opset", opset);
  const Status lowered = find_onnx_rule("", real.op)(low, real);
  low.opset = opset;
  const bool taken = !low.forced;
  low.forced.reset();
  if (!lowered || taken) return lowered;
  OnnxValue made = low.values.find(end.output)->second;
  return quantise(low, made, end);
}

}  // namespace

/// Scale and zero point of the output, then each input with its own.
Status onnx_qlinear_concat(OnnxLowering& low, const OnnxNode& node) {
  OnnxNode real = node;
  real.op = "Concat";
  real.domain.clear();
  real.inputs.clear();
  for (size_t i = 2; i + 2 < node.inputs.size(); i += 3) {
    OnnxValue value = TRY(real_value(low, node, i, i + 1, i + 2, -1));
    real = with_input(low, real, real.inputs.size(), std::move(value));
  }
  if (real.inputs.empty()) return fail(ErrorKind::input, "has no inputs");
  const OnnxValue& first = *TRY(onnx_input(low, node, 2));
  const Steps steps = TRY(steps_of(low, node, 0, 1, first.dtype));
  return lower_into(low, real, quantised_end(node.outputs[0], steps));
}

Status onnx_qlinear(OnnxLowering& low, const OnnxNode& node) {
  const auto row = std::ranges::find(qlinear_rows(), node.op, &QLinearRow::op);
  OnnxNode real = node;
  real.op = row->real;
  real.domain.clear();
  real.inputs.clear();
  std::vector<OnnxValue> values;
  const bool first_axis =
      node.op == "QLinearConv" || (node.op == "QGemm" && node.integer("transB", 0) != 0);
  for (const RealInput& input : row->inputs)
    values.push_back(TRY(real_value(low, node, input.at, input.scale, input.zero,
                                    first_axis || values.empty() ? 0 : -1)));
  const size_t bias = node.op == "QLinearConv" ? 8 : 6;
  if ((row->real == "Conv" || row->real == "Gemm") && has_onnx_input(node, bias))
    values.push_back(TRY(real_bias(low, node, bias, values[0], values[1])));
  for (size_t i = 0; i < values.size(); ++i) real = with_input(low, real, i, std::move(values[i]));
  const OnnxValue& from = *TRY(onnx_input(low, node, 0));
  const Steps steps = TRY(steps_of(low, node, row->scale, row->zero, from.dtype));
  if (steps.quant.per_channel()) return fail(ErrorKind::unsupported, "scales by channel of data");
  return lower_into(low, real, quantised_end(node.outputs[0], steps));
}

}  // namespace assay
