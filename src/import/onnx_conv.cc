// Conv: weights [O, I / groups, H, W] to ours, batch normalisation folded, activation fused.
//
// As many groups as channels is a depthwise convolution. A BatchNormalization that alone follows
// scales the weights and the bias, in double and rounded once. Not handled: images of three axes,
// weights that are computed. Source: https://onnx.ai/onnx/operators/onnx__Conv.html.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "import/onnx_window.h"

namespace assay {

Result<ChannelScale> channel_scale(OnnxLowering& low, const OnnxNode& node) {
  std::vector<float> parts[4];
  for (size_t i = 0; i < 4; ++i) {
    OnnxValue value = *TRY(onnx_input(low, node, i + 1));
    if (value.constant && value.real) TRY_STATUS(make_real(low, value));
    parts[i] = TRY(constant_floats(value, "a parameter of the normalisation"));
    if (parts[i].size() != parts[0].size())
      return fail(ErrorKind::input, "its parameters have {} and {} elements", parts[0].size(),
                  parts[i].size());
  }
  const double epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
  ChannelScale made;
  for (size_t c = 0; c < parts[0].size(); ++c) {
    const double by =
        static_cast<double>(parts[0][c]) / std::sqrt(static_cast<double>(parts[3][c]) + epsilon);
    made.by.push_back(by);
    made.add.push_back(static_cast<double>(parts[1][c]) - static_cast<double>(parts[2][c]) * by);
  }
  return made;
}

namespace {

struct Filters {
  OnnxTensor weights;                    ///< [O, I / groups, H, W], f32 or s8
  std::vector<float> scaled = {};        ///< what `weights` views if a normalisation was folded in
  Quantisation quant;                    ///< of s8
  std::vector<float> bias = {};          ///< empty: none
  std::vector<int32_t> int32_bias = {};  ///< of s8
};

/// Weights of a line as those of an image of height 1.
Result<Filters> filters_of(OnnxLowering& low, const OnnxNode& node, const OnnxValue& w) {
  if (!w.constant) return fail(ErrorKind::unsupported, "weights that are not constant");
  if (w.constant->dtype != Dtype::f32 && w.constant->dtype != Dtype::s8)
    return fail(ErrorKind::unsupported, "weights of type {}", name(w.constant->dtype));
  if (w.shape.rank() != 3 && w.shape.rank() != 4)
    return fail(ErrorKind::unsupported, "weights {}, three or four axes are supported",
                text(w.shape));
  if (w.shape.elements() == 0) return fail(ErrorKind::input, "weights {} are empty", text(w.shape));
  Filters filters{.weights = *w.constant, .quant = w.quant};
  if (w.shape.rank() == 3) filters.weights.dims.insert(filters.weights.dims.begin() + 2, 1);
  if (w.quant.per_channel() && w.quant.axis != 0)
    return fail(ErrorKind::unsupported, "weights with scales along axis {}", w.quant.axis);
  if (!has_onnx_input(node, 2)) return filters;
  OnnxValue& bias = *TRY(onnx_input(low, node, 2));
  if (std::cmp_not_equal(bias.shape.elements(), filters.weights.dims[0]))
    return fail(ErrorKind::input, "{} biases for {} channels", bias.shape.elements(),
                filters.weights.dims[0]);
  if (w.real) {
    const OnnxValue& x = *TRY(onnx_input(low, node, 0));
    filters.int32_bias = TRY(int32_bias(low, bias, quant_of(low, x), w.quant));
  } else {
    TRY_STATUS(as_the_file_says(low, bias));
    filters.bias = TRY(constant_floats(bias, "the bias"));
  }
  return filters;
}

Status fold_normalisation(const ChannelScale& scale, Filters& filters) {
  const auto channels = static_cast<size_t>(filters.weights.dims[0]);
  if (scale.by.size() != channels)
    return fail(ErrorKind::input, "{} channels are normalised with {} parameters", channels,
                scale.by.size());
  const size_t taps = filters.weights.bytes.size() / sizeof(float) / channels;
  filters.scaled.resize(channels * taps);
  const std::span<float> scaled = filters.scaled;
  std::memcpy(scaled.data(), filters.weights.bytes.data(), filters.weights.bytes.size());
  filters.bias.resize(channels, 0.0F);
  for (size_t c = 0; c < channels; ++c) {
    for (float& tap : scaled.subspan(c * taps, taps))
      tap = static_cast<float>(static_cast<double>(tap) * scale.by[c]);
    filters.bias[c] =
        static_cast<float>(static_cast<double>(filters.bias[c]) * scale.by[c] + scale.add[c]);
  }
  filters.weights.bytes = std::as_bytes(scaled);
  return {};
}

/// The normalisation that alone follows, if its parameters are constants.
const OnnxNode* normalisation_after(OnnxLowering& low, const std::string& output) {
  const OnnxNode* user = only_user(low, output);
  if (!user || user->op != "BatchNormalization" || !user->domain.empty() ||
      user->inputs[0] != output || user->outputs.size() != 1 ||
      user->integer("training_mode", 0) != 0)
    return nullptr;
  for (size_t i = 1; i < 5; ++i) {
    if (!has_onnx_input(*user, i)) return nullptr;
    const auto found = low.values.find(user->inputs[i]);
    if (found == low.values.end() || !found->second.constant) return nullptr;
  }
  return user;
}

}  // namespace

namespace {

/// The weights in our order and the bias, as constants of the graph.
Result<std::vector<TensorId>> filter_tensors(OnnxLowering& low, const Filters& filters,
                                             bool depthwise) {
  const OnnxTensor arranged = TRY(reorder_constant(
      low, filters.weights, depthwise ? std::vector{1, 2, 3, 0} : std::vector{0, 2, 3, 1}));
  Shape shape;
  for (const int64_t dim : arranged.dims) shape.dims.push_back(static_cast<int32_t>(dim));
  Quantisation quant = filters.quant;
  quant.axis = quant.per_channel() && depthwise ? 3 : 0;
  std::vector<TensorId> tensors = {
      constant_tensor(low, arranged.name, arranged.dtype, shape, arranged.bytes, std::move(quant))};
  const std::string bias = arranged.name + " bias";
  if (!filters.int32_bias.empty())
    tensors.push_back(
        TRY(integers_tensor(low, bias, {filters.int32_bias.begin(), filters.int32_bias.end()})));
  else if (!filters.bias.empty())
    tensors.push_back(
        TRY(float_tensor(low, bias, {{static_cast<int32_t>(filters.bias.size())}}, filters.bias)));
  return tensors;
}

/// The extents of the filters over the image.
std::vector<int64_t> taps_of(const Shape& image, const OnnxTensor& weights) {
  const auto axes = std::clamp(image.rank() - 2, 1, 2);
  return {weights.dims.end() - axes, weights.dims.end()};
}

}  // namespace

Status onnx_conv(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  OnnxValue& w = *TRY(onnx_input(low, node, 1));
  if (x.shape.rank() < 3) return fail(ErrorKind::input, "an image of {}", text(x.shape));
  const OnnxNode* normalisation = low.forced ? nullptr : normalisation_after(low, node.outputs[0]);
  const bool quantised = !normalisation && is_stored_s8(low, x) && is_stored_s8(low, w);
  const OnnxEnd end = end_of(low, normalisation ? *normalisation : node, quantised);
  if (!end.quantised) {
    TRY_STATUS(as_the_file_says(low, x));
    TRY_STATUS(as_the_file_says(low, w));
  }
  Filters filters = TRY(filters_of(low, node, w));
  const std::vector<int64_t>& dims = filters.weights.dims;
  const OnnxWindow window = TRY(onnx_window(node, x.shape, taps_of(x.shape, filters.weights)));
  const int64_t groups = node.integer("group", 1), channels = x.shape[1];
  if (groups < 1 || channels != saturating_product(dims[1], groups) || dims[0] % groups != 0)
    return fail(ErrorKind::input, "{} channels and {} filters of {} in {} groups", channels,
                dims[0], dims[1], groups);
  if (normalisation) {
    TRY_STATUS(fold_normalisation(TRY(channel_scale(low, *normalisation)), filters));
    mark_done(low, *normalisation);
  }
  const bool depthwise = groups == channels && groups > 1;
  std::vector<TensorId> inputs = TRY(filter_tensors(low, filters, depthwise));
  inputs.insert(inputs.begin(), TRY(image_tensor(low, x, end.quantised)));
  Attrs attrs = window_attrs(window, x.shape);
  attrs.set("activation", end.activation);
  if (depthwise) attrs.set("depth_multiplier", dims[0] / groups);
  const TensorId made =
      TRY(emit_sums(low, depthwise ? "depthwise_conv_2d" : "conv_2d", inputs, attrs, end));
  define_end(low, end, TRY(image_value(low, made, x.shape.rank())));
  return {};
}

Status onnx_batch_normalization(OnnxLowering& low, const OnnxNode& node) {
  if (node.integer("training_mode", 0) != 0)
    return fail(ErrorKind::unsupported, "training mode; export the model for inference");
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  if (x.shape.rank() < 2) return fail(ErrorKind::unsupported, "an input of {}", text(x.shape));
  const ChannelScale scale = TRY(channel_scale(low, node));
  TRY_STATUS(as_the_file_says(low, x));
  TRY_STATUS(settle(low, x));
  const TensorId from = x.constant ? TRY(in_plain_order(low, x)) : x.tensor;
  Shape shape;
  for (const int axis : x.order)
    shape.dims.push_back(axis == 1 ? static_cast<int32_t>(scale.by.size()) : 1);
  const std::vector<float> by(scale.by.begin(), scale.by.end()),
      add(scale.add.begin(), scale.add.end());
  const TensorId factor = TRY(float_tensor(low, node.outputs[0] + " factor", shape, by));
  const TensorId offset = TRY(float_tensor(low, node.outputs[0] + " offset", shape, add));
  const FusedActivation fused = fuse_activation(low, node);
  const TensorId scaled =
      TRY(emit(low, "mul", {from, factor}, {}, {node.outputs[0] + " scaled", Dtype::f32}));
  Attrs attrs;
  attrs.set("activation", fused.word);
  const TensorId made = TRY(emit(low, "add", {scaled, offset}, attrs, {fused.output, Dtype::f32}));
  low.values.insert_or_assign(fused.output, stored_as(low, made, x.order));
  return {};
}

}  // namespace assay
