// Float graph -> int8 graph of the same shapes.
//
// Scales only have to be such that every operator takes them: one for all activations, those that
// TFLite fixes for softmax, logistic and tanh. Weights come from a generator, so that the same
// model has the same twin. Source of the rules: TensorFlow Lite 8-bit quantization specification.
#include "explain/twin.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/op.h"

namespace assay {
namespace {

constexpr float kActivationScale = 1.0f / 16, kWeightScale = 1.0f / 128;
constexpr int32_t kZeroPoint = -128;  ///< as after a ReLU: what is below zero is never needed

struct MacInputs {
  std::string_view op;
  int channel_axis;  ///< of the weights; -1: one scale for all
};
constexpr MacInputs kMacs[] = {{"conv_2d", 0}, {"depthwise_conv_2d", 3}, {"fully_connected", -1}};

struct FixedScale {
  std::string_view op;
  float scale;
  int32_t zero_point;
};
constexpr FixedScale kFixed[] = {
    {"softmax", 1.0f / 256, -128}, {"logistic", 1.0f / 256, -128}, {"tanh", 1.0f / 128, 0}};

Quantisation one_scale(float scale, int32_t zero_point = 0) {
  Quantisation made;
  made.scale = {scale};
  made.zero_point = {zero_point};
  return made;
}

Quantisation scale_a_channel(float scale, size_t channels, int axis) {
  Quantisation made;
  // Converters give each channel its own; equal ones would be folded into less code.
  for (size_t c = 0; c < channels; ++c)
    made.scale.push_back(scale * (1 + static_cast<float>(c * 37 % 64) / 64));
  made.zero_point.assign(channels, 0);
  made.axis = axis;
  return made;
}

class Twin {
 public:
  explicit Twin(const Graph& graph) : graph_(graph) {
    parts_.name = graph.name();
    parts_.format = graph.format();
    parts_.tensors = graph.tensors();
    parts_.nodes = graph.nodes();
    parts_.inputs = graph.inputs();
    parts_.outputs = graph.outputs();
    parts_.own.reserve(parts_.tensors.size());
  }

  Result<Graph> make() && {
    for (const Node& node : graph_.nodes()) quantise_weights(node);
    for (Tensor& tensor : parts_.tensors)
      if (tensor.dtype == Dtype::f32)
        quantise(tensor, Dtype::s8, one_scale(kActivationScale, kZeroPoint));
    for (const Node& node : graph_.nodes())
      for (const FixedScale& fixed : kFixed)
        if (node.op == fixed.op)
          at(node.outputs[0]).quant = one_scale(fixed.scale, fixed.zero_point);
    return Graph::make(std::move(parts_));
  }

 private:
  Tensor& at(TensorId id) { return parts_.tensors[static_cast<size_t>(id)]; }

  void quantise(Tensor& tensor, Dtype dtype, Quantisation quant) {
    tensor.dtype = dtype;
    tensor.quant = std::move(quant);
    if (!tensor.is_constant) return;
    std::vector<std::byte>& bytes = parts_.own.emplace_back(static_cast<size_t>(tensor.bytes()));
    for (std::byte& each : bytes) {
      state_ = state_ * 1664525u + 1013904223u;
      // Small biases: the upper bytes of 32-bit values stay zero.
      const bool low = dtype == Dtype::s8 || (&each - bytes.data()) % 4 == 0;
      each = low ? static_cast<std::byte>(state_ >> 24) : std::byte{0};
    }
    tensor.data = bytes;
  }

  void quantise_weights(const Node& node) {
    const auto mac = std::ranges::find(kMacs, node.op, &MacInputs::op);
    if (mac == std::end(kMacs) || node.inputs.size() < 2) return;
    Tensor& weights = at(node.inputs[1]);
    if (weights.dtype != Dtype::f32 || !weights.is_constant) return;
    const auto quant = [&](float scale, int axis) {
      if (mac->channel_axis < 0 || weights.shape.rank() <= mac->channel_axis)
        return one_scale(scale);
      return scale_a_channel(scale, static_cast<size_t>(weights.shape[mac->channel_axis]), axis);
    };
    quantise(weights, Dtype::s8, quant(kWeightScale, std::max(0, mac->channel_axis)));
    if (node.inputs.size() < 3 || node.inputs[2] == kNoTensor) return;
    Tensor& bias = at(node.inputs[2]);
    if (bias.dtype == Dtype::f32 && bias.is_constant)
      quantise(bias, Dtype::s32, quant(kWeightScale * kActivationScale, 0));
  }

  const Graph& graph_;
  GraphParts parts_;
  uint32_t state_ = 12345;
};

}  // namespace

Result<Graph> int8_twin(const Graph& graph) {
  const bool any_float = std::ranges::any_of(graph.nodes(), [&](const Node& node) {
    return !node.outputs.empty() && graph.tensor(node.outputs[0]).dtype == Dtype::f32;
  });
  if (!any_float) return fail(ErrorKind::unsupported, "nothing in it is float");
  Graph twin = TRY(Twin(graph).make());
  TRY_STATUS(check_shapes(twin));
  if (const std::vector<Unsupported> reasons = unsupported(twin); !reasons.empty())
    return fail(ErrorKind::unsupported, "node {} ({}) in int8: {}", reasons[0].node, reasons[0].op,
                reasons[0].reason);
  return twin;
}

}  // namespace assay
