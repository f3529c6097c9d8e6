// Curves of one variable that ours lacks: calculations of several operators.
//
// Written so that nothing overflows where the curve does not. Erf is a rational approximation with
// an error of 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26); the five
// operators that PyTorch writes for a gelu become one gelu. Source of the definitions:
// https://onnx.ai/onnx/operators/, one page each.
#include <cmath>
#include <functional>

#include "import/onnx_steps.h"

namespace assay {
namespace {

using Curve = std::function<Result<TensorId>(const OnnxSteps&, TensorId)>;

/// The curve of input 0, in the order in which that is stored.
Status lower_curve(OnnxLowering& low, const OnnxNode& node, const Curve& curve) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, x));
  if (x.dtype != Dtype::f32) return fail(ErrorKind::unsupported, "of type {}", name(x.dtype));
  OnnxValue y = x;
  const TensorId from = x.constant ? TRY(in_order_as_stored(low, x, x.order)) : x.tensor;
  y.constant = nullptr;
  y.tensor = TRY(curve(OnnxSteps{low, node.outputs[0]}, from));
  define(low, node, std::move(y));
  return {};
}

/// max(x, 0) + log(1 + exp(-|x|)).
Result<TensorId> softplus(const OnnxSteps& steps, TensorId x) {
  TensorId small = TRY(steps("abs", {x}));
  small = TRY(steps("neg", {small}));
  small = TRY(steps("exp", {small}));
  small = TRY(steps("add", small, 1.0F));
  small = TRY(steps("log", {small}));
  const TensorId large = TRY(steps("maximum", x, 0.0F));
  return steps("add", {large, small});
}

/// by * (max(x, 0) + alpha * (exp(min(x, 0) / width) - 1)).
Result<TensorId> exponential(const OnnxSteps& steps, TensorId x, float alpha, float width,
                             float by) {
  TensorId below = TRY(steps("minimum", x, 0.0F));
  if (width != 1) below = TRY(steps("mul", below, 1 / width));
  below = TRY(steps("elu", {below}));
  if (alpha != 1) below = TRY(steps("mul", below, alpha));
  const TensorId above = TRY(steps("maximum", x, 0.0F));
  const TensorId sum = TRY(steps("add", {above, below}));
  return by == 1 ? Result<TensorId>(sum) : steps("mul", sum, by);
}

Result<TensorId> erf(const OnnxSteps& steps, TensorId x) {
  constexpr float kTerms[] = {1.061405429F, -1.453152027F, 1.421413741F, -0.284496736F,
                              0.254829592F};
  const TensorId size = TRY(steps("abs", {x}));
  TensorId t = TRY(steps("mul", size, 0.3275911F));
  t = TRY(steps("add", t, 1.0F));
  const TensorId one = TRY(steps.number(1));
  t = TRY(steps("div", {one, t}));
  TensorId sum = TRY(steps("mul", t, kTerms[0]));
  for (size_t i = 1; i < std::size(kTerms); ++i) {
    sum = TRY(steps("add", sum, kTerms[i]));
    sum = TRY(steps("mul", {sum, t}));
  }
  TensorId tail = TRY(steps("mul", {x, x}));
  tail = TRY(steps("neg", {tail}));
  tail = TRY(steps("exp", {tail}));
  tail = TRY(steps("mul", {sum, tail}));
  const TensorId rest = TRY(steps("sub", {one, tail}));
  const TensorId sign = TRY(steps("sign", {x}));
  return steps("mul", {rest, sign});
}

bool is_number(const OnnxLowering& low, const std::string& value, double wanted) {
  const auto found = low.values.find(value);
  if (found == low.values.end() || !found->second.constant || found->second.shape.elements() != 1)
    return false;
  const Result<std::vector<float>> floats = constant_floats(found->second, "a factor");
  return floats && std::abs(double{floats->front()} - wanted) < 1e-4;
}

/// The other input of a node of two, if it is of that kind.
std::optional<std::string> other_input(const OnnxNode* node, std::string_view op,
                                       const std::string& value) {
  if (!node || node->op != op || !node->domain.empty() || node->inputs.size() != 2) return {};
  return node->inputs[node->inputs[0] == value ? 1 : 0];
}

/// x whose gelu is computed: erf(x / sqrt 2) is followed by + 1, * x and * 0.5 alone; nothing if
/// it is not so. `last` is the last of the chain.
std::optional<std::string> gelu_around(OnnxLowering& low, const OnnxNode& erf,
                                       const OnnxNode*& last) {
  const OnnxNode* scaled = nullptr;
  for (const OnnxNode& node : low.model.nodes)
    if (!node.outputs.empty() && node.outputs[0] == erf.inputs[0]) scaled = &node;
  if (!scaled || scaled->inputs.size() != 2) return {};
  const bool divides = scaled->op == "Div" && is_number(low, scaled->inputs[1], std::sqrt(2.0));
  const bool times = scaled->op == "Mul" && is_number(low, scaled->inputs[1], std::sqrt(0.5));
  if (!divides && !times) return {};
  const std::string& x = scaled->inputs[0];
  const OnnxNode* const plus = only_user(low, erf.outputs[0]);
  const auto one = other_input(plus, "Add", erf.outputs[0]);
  if (!one || !is_number(low, *one, 1)) return {};
  const OnnxNode* const by = only_user(low, plus->outputs[0]);
  const auto with = other_input(by, "Mul", plus->outputs[0]);
  if (!with || *with != x) return {};
  last = only_user(low, by->outputs[0]);
  const auto half = other_input(last, "Mul", by->outputs[0]);
  if (!half || !is_number(low, *half, 0.5)) return {};
  for (const OnnxNode* node : {plus, by, last}) mark_done(low, *node);
  return x;
}

}  // namespace

Status onnx_erf(OnnxLowering& low, const OnnxNode& node) {
  const OnnxNode* last = nullptr;
  const std::optional<std::string> x = gelu_around(low, node, last);
  if (!x) return lower_curve(low, node, erf);
  OnnxNode gelu = *last;
  gelu.inputs = {*x};
  Attrs attrs;
  attrs.set("approximate", int64_t{0});
  return lower_elementwise(low, gelu, "gelu", std::move(attrs));
}

Status onnx_elu(OnnxLowering& low, const OnnxNode& node) {
  const float alpha = node.real("alpha", 1);
  if (alpha == 1) return lower_elementwise(low, node, "elu", {});
  return lower_curve(low, node, [&](const OnnxSteps& steps, TensorId x) {
    return exponential(steps, x, alpha, 1, 1);
  });
}

Status onnx_selu(OnnxLowering& low, const OnnxNode& node) {
  return lower_curve(low, node, [&](const OnnxSteps& steps, TensorId x) {
    return exponential(steps, x, node.real("alpha", 1.67326319217681884765625F), 1,
                       node.real("gamma", 1.05070102214813232421875F));
  });
}

Status onnx_celu(OnnxLowering& low, const OnnxNode& node) {
  const float alpha = node.real("alpha", 1);
  return lower_curve(low, node, [&](const OnnxSteps& steps, TensorId x) {
    return exponential(steps, x, alpha, alpha, 1);
  });
}

Status onnx_softplus(OnnxLowering& low, const OnnxNode& node) {
  return lower_curve(low, node, softplus);
}

/// x / (1 + |x|).
Status onnx_softsign(OnnxLowering& low, const OnnxNode& node) {
  return lower_curve(low, node, [](const OnnxSteps& steps, TensorId x) -> Result<TensorId> {
    TensorId by = TRY(steps("abs", {x}));
    by = TRY(steps("add", by, 1.0F));
    return steps("div", {x, by});
  });
}

/// x times the logistic of alpha x.
Status onnx_swish(OnnxLowering& low, const OnnxNode& node) {
  const float alpha = node.real("alpha", 1);
  return lower_curve(low, node, [&](const OnnxSteps& steps, TensorId x) -> Result<TensorId> {
    TensorId by = x;
    if (alpha != 1) by = TRY(steps("mul", x, alpha));
    by = TRY(steps("logistic", {by}));
    return steps("mul", {x, by});
  });
}

/// x times the hyperbolic tangent of its softplus.
Status onnx_mish(OnnxLowering& low, const OnnxNode& node) {
  return lower_curve(low, node, [](const OnnxSteps& steps, TensorId x) -> Result<TensorId> {
    TensorId by = TRY(softplus(steps, x));
    by = TRY(steps("tanh", {by}));
    return steps("mul", {x, by});
  });
}

/// x above alpha, else 0.
Status onnx_thresholded_relu(OnnxLowering& low, const OnnxNode& node) {
  return lower_curve(low, node, [&](const OnnxSteps& steps, TensorId x) -> Result<TensorId> {
    const TensorId bound = TRY(steps.number(node.real("alpha", 1))), zero = TRY(steps.number(0));
    const TensorId above = TRY(steps("greater", {x, bound}, {}, Dtype::boolean));
    return steps("select_v2", {above, x, zero});
  });
}

}  // namespace assay
