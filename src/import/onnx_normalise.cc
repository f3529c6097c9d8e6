// Normalisations whose mean and variance are those of the data: layer, instance, group, RMS, Lp.
//
// (x - mean) / sqrt(variance + epsilon), then a scale and an offset. Axes are those in which the
// value is stored, so that images stay as they are.
// Source: https://onnx.ai/onnx/operators/onnx__LayerNormalization.html and the like.
#include <algorithm>

#include "import/onnx_steps.h"

namespace assay {
namespace {

Attrs keeping() {
  Attrs attrs;
  attrs.set("keep_dims", int64_t{1});
  return attrs;
}

struct Normalised {
  TensorId x = kNoTensor, mean = kNoTensor, by = kNoTensor;
};

/// x over its root mean square along axes as they are stored, less its mean first if wanted.
Result<Normalised> normalised(const OnnxSteps& steps, TensorId x, const std::vector<int64_t>& axes,
                              float epsilon, bool centred) {
  const TensorId over = TRY(integers_tensor(steps.low, steps.name + " axes", axes));
  Normalised made;
  if (centred) {
    made.mean = TRY(steps("mean", {x, over}, keeping()));
    x = TRY(steps("sub", {x, made.mean}));
  }
  const TensorId square = TRY(steps("mul", {x, x}));
  made.by = TRY(steps("mean", {square, over}, keeping()));
  made.by = TRY(steps("add", made.by, epsilon));
  made.by = TRY(steps("rsqrt", {made.by}));
  made.x = TRY(steps("mul", {x, made.by}));
  return made;
}

/// Scale (input 1) and offset (input 2, if any), each in that shape.
Result<TensorId> scaled(const OnnxSteps& steps, const OnnxNode& node, TensorId x,
                        const Shape& shape) {
  for (const auto& [i, op] : {std::pair{1, "mul"}, {2, "add"}}) {
    const auto input = static_cast<size_t>(i);
    if (!has_onnx_input(node, input)) continue;
    OnnxValue& by = *TRY(onnx_input(steps.low, node, input));
    TRY_STATUS(as_the_file_says(steps.low, by));
    OnnxValue made = TRY(reshaped(steps.low, by, shape));
    const TensorId factor = TRY(in_plain_order(steps.low, made));
    x = TRY(steps(op, {x, factor}));
  }
  return x;
}

Result<OnnxValue*> input_of(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue* x = TRY(onnx_input(low, node, 0));
  TRY_STATUS(as_the_file_says(low, *x));
  TRY_STATUS(settle(low, *x));
  if (x->dtype != Dtype::f32) return fail(ErrorKind::unsupported, "of type {}", name(x->dtype));
  return x;
}

std::vector<int64_t> from_axis(int first, int rank) {
  std::vector<int64_t> axes;
  for (int i = first; i < rank; ++i) axes.push_back(i);
  return axes;
}

}  // namespace

/// LayerNormalization and RMSNormalization: over all axes from `axis` on.
Status onnx_layer_normalization(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(input_of(low, node));
  const int rank = x.shape.rank();
  const int axis = TRY(onnx_axis(node.integer("axis", -1), rank));
  const TensorId from = TRY(in_plain_order(low, x));
  const OnnxSteps steps{low, node.outputs[0]};
  const Normalised parts =
      TRY(normalised(steps, from, from_axis(axis, rank), node.real("epsilon", 1e-5F),
                     node.op == "LayerNormalization"));
  if (parts.mean != kNoTensor) steps.define(node, parts.mean, 1);
  if (parts.mean != kNoTensor) steps.define(node, parts.by, 2);
  TensorId made = parts.x;
  for (size_t i = 1; i <= 2; ++i) {
    if (!has_onnx_input(node, i)) continue;
    OnnxValue& by = *TRY(onnx_input(low, node, i));
    const TensorId factor = TRY(in_plain_order(low, by));
    made = TRY(steps(i == 1 ? "mul" : "add", {made, factor}));
  }
  steps.define(node, made);
  return {};
}

/// Each channel of each image by itself.
Status onnx_instance_normalization(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(input_of(low, node));
  if (x.shape.rank() < 3) return fail(ErrorKind::unsupported, "an image of {}", text(x.shape));
  const TensorId from = TRY(in_order(low, x, x.order));
  std::vector<int64_t> axes;
  Shape shape;
  for (size_t i = 0; i < x.order.size(); ++i) {
    if (x.order[i] > 1) axes.push_back(static_cast<int64_t>(i));
    shape.dims.push_back(x.order[i] == 1 ? x.shape[1] : 1);
  }
  const OnnxSteps steps{low, node.outputs[0]};
  const Normalised parts = TRY(normalised(steps, from, axes, node.real("epsilon", 1e-5F), true));
  const TensorId made = TRY(scaled(steps, node, parts.x, shape));
  define(low, node, stored_as(low, made, x.order));
  return {};
}

/// Groups of channels; scale and offset are by channel since opset 21, by group before.
Status onnx_group_normalization(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(input_of(low, node));
  const int64_t groups = node.integer("num_groups", 0);
  if (x.shape.rank() < 2 || x.shape.elements() == 0 || groups < 1 || x.shape[1] % groups != 0)
    return fail(ErrorKind::input, "{} groups of {}", groups, text(x.shape));
  const TensorId from = TRY(in_plain_order(low, x));
  const OnnxSteps steps{low, node.outputs[0]};
  const auto rest = static_cast<int32_t>(x.shape.elements() / x.shape[0] / groups);
  const Shape grouped = {{x.shape[0], static_cast<int32_t>(groups), rest}};
  TensorId made = TRY(steps.view(from, grouped));
  made = TRY(normalised(steps, made, {2}, node.real("epsilon", 1e-5F), true)).x;
  Shape shape = grouped;
  shape.dims = {1, static_cast<int32_t>(groups), 1};
  const bool by_group =
      has_onnx_input(node, 1) && TRY(onnx_input(low, node, 1))->shape.elements() == groups;
  if (by_group) made = TRY(scaled(steps, node, made, shape));
  made = TRY(steps.view(made, x.shape));
  if (!by_group) {
    shape.dims.assign(x.shape.dims.size(), 1);
    shape.dims[1] = x.shape[1];
    made = TRY(scaled(steps, node, made, shape));
  }
  steps.define(node, made);
  return {};
}

/// x over its sum of magnitudes or its length, along one axis.
Status onnx_lp_normalization(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(input_of(low, node));
  const int64_t p = node.integer("p", 2);
  if (p != 1 && p != 2) return fail(ErrorKind::unsupported, "p {}", p);
  const int axis = TRY(onnx_axis(node.integer("axis", -1), x.shape.rank()));
  const TensorId from = TRY(in_plain_order(low, x));
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId each = p == 1 ? TRY(steps("abs", {from})) : TRY(steps("mul", {from, from}));
  const TensorId over = TRY(integers_tensor(low, steps.name + " axes", {axis}));
  TensorId by = TRY(steps("sum", {each, over}, keeping()));
  if (p == 2) by = TRY(steps("sqrt", {by}));
  by = TRY(steps("maximum", by, std::numeric_limits<float>::min()));
  steps.define(node, TRY(steps("div", {from, by})));
  return {};
}

}  // namespace assay
