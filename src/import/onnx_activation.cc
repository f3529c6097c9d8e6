// Activations with parameters, and softmax.
//
// Before opset 13, Softmax flattened its input to a matrix [before the axis, from the axis on].
// Source: https://onnx.ai/onnx/operators/onnx__Softmax.html (versions 11 and 13), onnx__Clip.html.
#include <fmt/format.h>

#include <algorithm>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

/// max(x, least) or min(x, most), each if there is a bound.
Status lower_bounds(OnnxLowering& low, const OnnxNode& node, const ClipBounds& bounds) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  OnnxValue y = x;
  TensorId at = x.constant ? TRY(in_plain_order(low, x)) : x.tensor;
  constexpr float kAll = std::numeric_limits<float>::max();
  const struct {
    std::string_view op;
    float bound;
    bool given;
  } steps[] = {{"maximum", bounds.least, bounds.least >= -kAll},
               {"minimum", bounds.most, bounds.most <= kAll}};
  for (const auto& step : steps) {
    if (!step.given) continue;
    const float value[] = {step.bound};
    const TensorId bound = TRY(float_tensor(low, node.outputs[0] + " bound", {}, value));
    at = TRY(emit(low, step.op, {at, bound}, {}, {node.outputs[0], Dtype::f32}));
  }
  y.constant = nullptr;
  y.tensor = at;
  define(low, node, std::move(y));
  return {};
}

/// min(max(x * alpha + beta, 0), 1).
Status lower_hard_sigmoid(OnnxLowering& low, const OnnxNode& node, float alpha, float beta) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  OnnxValue y = x;
  y.tensor = x.constant ? TRY(in_plain_order(low, x)) : x.tensor;
  const std::pair<std::string_view, float> steps[] = {
      {"mul", alpha}, {"add", beta}, {"maximum", 0.0F}, {"minimum", 1.0F}};
  for (const auto& [op, number] : steps) {
    const float value[] = {number};
    const std::string name = fmt::format("{} {}", node.outputs[0], op);
    const TensorId by = TRY(float_tensor(low, name, {}, value));
    y.tensor = TRY(emit(low, op, {y.tensor, by}, {}, {node.outputs[0], Dtype::f32}));
  }
  y.constant = nullptr;
  define(low, node, std::move(y));
  return {};
}

}  // namespace

Status onnx_gelu(OnnxLowering& low, const OnnxNode& node) {
  Attrs attrs;
  attrs.set("approximate", int64_t{node.word("approximate", "none") == "tanh"});
  return lower_elementwise(low, node, "gelu", std::move(attrs));
}

Status onnx_hard_sigmoid(OnnxLowering& low, const OnnxNode& node) {
  return lower_hard_sigmoid(low, node, node.real("alpha", 0.2F), node.real("beta", 0.5F));
}

Status onnx_clip(OnnxLowering& low, const OnnxNode& node) {
  const std::optional<ClipBounds> bounds = clip_bounds(low, node);
  if (!bounds) return fail(ErrorKind::unsupported, "bounds that are no constant floats");
  const std::string word = activation_word(*bounds);
  if (word == "none") {
    define(low, node, *TRY(onnx_input(low, node, 0)));
    return {};
  }
  if (!word.empty() && find_op(word)) return lower_elementwise(low, node, word, {});
  return lower_bounds(low, node, *bounds);
}

Status onnx_leaky_relu(OnnxLowering& low, const OnnxNode& node) {
  Attrs attrs;
  attrs.set("alpha", double{node.real("alpha", 0.01F)});
  return lower_elementwise(low, node, "leaky_relu", std::move(attrs));
}

Status onnx_softmax(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  const std::string_view op = node.op == "LogSoftmax" ? "log_softmax" : "softmax";
  Attrs attrs;
  attrs.set("beta", 1.0);
  const int rank = x.shape.rank();
  if (rank == 0) return fail(ErrorKind::unsupported, "a scalar");
  const int axis = TRY(onnx_axis(node.integer("axis", low.opset < 13 ? 1 : -1), rank));
  if (low.opset >= 13 || axis == rank - 1) {
    // The axis has to be the last that is stored; if it is, any order will do.
    const OnnxEnd end = end_with(low, node, op == "softmax" && is_stored_s8(low, x),
                                 Quantisation{{1.0F / 256}, {-128}, 0});
    if (!end.quantised) TRY_STATUS(as_the_file_says(low, x));
    TRY_STATUS(settle(low, x));
    std::vector<int> order = x.order;
    std::erase(order, axis);
    order.push_back(axis);
    const TensorId from = TRY(in_order_as_stored(low, x, order));
    const TensorId made = TRY(emit(low, op, {from}, attrs, output_of(end)));
    define_end(low, end, stored_as(low, made, order));
    return {};
  }
  int64_t before = 1, after = 1;
  for (int i = 0; i < rank; ++i) (i < axis ? before : after) *= x.shape[i];
  OnnxValue matrix =
      TRY(reshaped(low, x, {{static_cast<int32_t>(before), static_cast<int32_t>(after)}}));
  const TensorId from = TRY(in_plain_order(low, matrix));
  const TensorId made = TRY(emit(low, op, {from}, attrs, {node.outputs[0] + " flat", Dtype::f32}));
  OnnxValue flat = stored(matrix.shape, made, low);
  define(low, node, TRY(reshaped(low, flat, x.shape)));
  return {};
}

}  // namespace assay
