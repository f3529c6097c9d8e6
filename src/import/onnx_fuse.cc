// What follows a node alone and becomes a part of it: activations that our operators have built in.
#include <algorithm>
#include <cmath>

#include "import/onnx_lowering.h"

namespace assay {
namespace {

/// The constant float that stands at a node's input, or nothing.
std::optional<float> constant_scalar(const OnnxLowering& low, const OnnxNode& node, size_t i) {
  if (!has_onnx_input(node, i)) return {};
  const auto found = low.values.find(node.inputs[i]);
  if (found == low.values.end()) return {};
  const Result<std::vector<float>> values = constant_floats(found->second, "a bound");
  if (!values || values->size() != 1) return {};
  return values->front();
}

}  // namespace

std::optional<ClipBounds> clip_bounds(const OnnxLowering& low, const OnnxNode& node) {
  ClipBounds bounds;
  if (low.opset < 11) {
    bounds.least = node.real("min", bounds.least);
    bounds.most = node.real("max", bounds.most);
    return bounds;
  }
  if (has_onnx_input(node, 1)) {
    const std::optional<float> least = constant_scalar(low, node, 1);
    if (!least) return {};
    bounds.least = *least;
  }
  if (has_onnx_input(node, 2)) {
    const std::optional<float> most = constant_scalar(low, node, 2);
    if (!most) return {};
    bounds.most = *most;
  }
  return bounds;
}

std::string activation_word(const ClipBounds& bounds) {
  constexpr float kAll = std::numeric_limits<float>::max();
  if (bounds.least == 0 && bounds.most >= kAll) return "relu";
  if (bounds.least == 0 && bounds.most == 6) return "relu6";
  if (bounds.least == -1 && bounds.most == 1) return "relu_n1_to_1";
  if (bounds.least <= -kAll && bounds.most >= kAll) return "none";
  return "";
}

FusedActivation fuse_activation(OnnxLowering& low, const OnnxNode& node) {
  FusedActivation fused{.word = "none", .output = node.outputs[0]};
  const OnnxNode* user = only_user(low, fused.output);
  if (!user || !user->domain.empty() || user->inputs[0] != fused.output) return fused;
  std::string word;
  if (user->op == "Relu") word = "relu";
  if (user->op == "Clip")
    if (const std::optional<ClipBounds> bounds = clip_bounds(low, *user))
      word = activation_word(*bounds);
  if (word.empty()) return fused;
  mark_done(low, *user);
  return {.word = word, .output = user->outputs[0]};
}

void mark_done(OnnxLowering& low, const OnnxNode& node) {
  low.done[static_cast<size_t>(&node - low.model.nodes.data())] = true;
}

}  // namespace assay
