// What the operators of ONNX-ML share: features, classes and scores.
//
// Classifiers have two outputs, the class and its scores. Classes that are texts cannot leave a
// microcontroller's model: their numbers do, with a note that says which is which. Where the
// standard is vague about two classes, ONNX Runtime decides. Not handled: post-transforms
// SOFTMAX_ZERO and PROBIT, which no exporter we know writes.
// Source: https://onnx.ai/onnx/operators/index.html (ai.onnx.ml); ONNX Runtime,
// core/providers/cpu/ml/ml_common.h (write_scores).
#include "import/onnx_ml.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

constexpr size_t kShownLabels = 12;

bool is_used(const OnnxLowering& low, const OnnxNode& node, size_t i) {
  if (i >= node.outputs.size() || node.outputs[i].empty()) return false;
  return low.users.contains(node.outputs[i]) || low.outputs.contains(node.outputs[i]);
}

bool counts_from_zero(const std::vector<int64_t>& labels) {
  for (size_t i = 0; i < labels.size(); ++i)
    if (std::cmp_not_equal(labels[i], i)) return false;
  return true;
}

/// The labels of classes `index` [rows].
Result<TensorId> labels_at(const OnnxSteps& steps, TensorId index,
                           const std::vector<int64_t>& labels) {
  if (counts_from_zero(labels)) return index;
  const auto count = static_cast<int64_t>(labels.size());
  const std::span<int64_t> table = TRY(own_elements<int64_t>(steps.low, count));
  std::ranges::copy(labels, table.begin());
  const TensorId from = constant_tensor(steps.low, steps.name + " labels", Dtype::s64,
                                        {{static_cast<int32_t>(count)}}, std::as_bytes(table));
  Attrs attrs;
  attrs.set("axis", int64_t{0});
  return steps("gather", {from, index}, std::move(attrs), Dtype::s64);
}

}  // namespace

int64_t ml_feature_count(const OnnxNode& node) {
  if (node.domain != "ai.onnx.ml") return 0;
  const auto size = [&](std::string_view attr) {
    const auto found = node.attrs.find(attr);
    return found == node.attrs.end() ? int64_t{0}
                                     : static_cast<int64_t>(std::max(found->second.floats.size(),
                                                                     found->second.ints.size()));
  };
  if (node.op.starts_with("TreeEnsemble")) {
    const std::vector<int64_t> features = node.integers("nodes_featureids");
    return features.empty() ? 0 : std::ranges::max(features) + 1;
  }
  const int64_t rows =
      node.op == "SVMRegressor" ? node.integer("n_supports", 0)
      : node.op == "SVMClassifier"
          ? size("coefficients") / std::max<int64_t>(1, size("vectors_per_class") - 1)
          : size("intercepts");
  if (rows > 0) return size(node.op.starts_with("SVM") ? "support_vectors" : "coefficients") / rows;
  return std::max(size("offset"), size("imputed_value_floats"));
}

Result<TensorId> ml_features(OnnxLowering& low, const OnnxNode& node) {
  OnnxValue& x = *TRY(onnx_input(low, node, 0));
  if (x.shape.rank() < 1 || x.shape.rank() > 2)
    return fail(ErrorKind::unsupported, "features of {}, need rows of them", text(x.shape));
  OnnxValue rows = x;
  if (x.shape.rank() == 1) rows = TRY(reshaped(low, x, {{1, x.shape[0]}}));
  const TensorId from = TRY(in_plain_order(low, rows));
  return OnnxSteps{low, node.outputs[0] + " features"}.cast(from, Dtype::f32);
}

Result<std::vector<int64_t>> ml_labels(OnnxLowering& low, const OnnxNode& node) {
  for (const std::string_view attr : {"classlabels_int64s", "classlabels_ints"})
    if (const std::vector<int64_t> labels = node.integers(attr); !labels.empty()) return labels;
  const auto found = node.attrs.find("classlabels_strings");
  if (found == node.attrs.end() || found->second.strings.empty())
    return fail(ErrorKind::input, "has no labels for its classes");
  std::string note = "classes are texts, their numbers are the output:";
  std::vector<int64_t> labels;
  for (const std::string& word : found->second.strings) {
    if (labels.size() < kShownLabels) note += fmt::format(" {} '{}'", labels.size(), word);
    labels.push_back(static_cast<int64_t>(labels.size()));
  }
  if (labels.size() > kShownLabels) note += " ...";
  low.parts.notes.push_back(std::move(note));
  return labels;
}

Status define_largest(OnnxLowering& low, const OnnxNode& node, TensorId scores,
                      const std::vector<int64_t>& labels) {
  if (!is_used(low, node, 0)) return {};
  if (std::cmp_not_equal(labels.size(), tensor_of(low, scores).shape[1]))
    return fail(ErrorKind::input, "{} labels for {} scores", labels.size(),
                tensor_of(low, scores).shape[1]);
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId axis = TRY(integers_tensor(low, steps.name + " axis", {1}));
  const TensorId index = TRY(steps("arg_max", {scores, axis}, {}, Dtype::s64));
  steps.define(node, TRY(labels_at(steps, index, labels)));
  return {};
}

Status define_decided(OnnxLowering& low, const OnnxNode& node, TensorId is_second,
                      const std::vector<int64_t>& labels) {
  if (!is_used(low, node, 0)) return {};
  if (labels.size() != 2) return fail(ErrorKind::input, "{} labels for two classes", labels.size());
  const OnnxSteps steps{low, node.outputs[0]};
  const TensorId flat = TRY(steps.view(is_second, {{tensor_of(low, is_second).shape[0]}}));
  const TensorId index = TRY(steps.cast(flat, Dtype::s64));
  steps.define(node, TRY(labels_at(steps, index, labels)));
  return {};
}

Result<TensorId> post_transformed(OnnxLowering& low, const OnnxNode& node, TensorId scores) {
  const std::string transform = node.word("post_transform", "NONE");
  const OnnxSteps steps{low, node.outputs.back()};
  if (transform == "NONE") return scores;
  if (transform == "LOGISTIC") return steps("logistic", {scores});
  if (transform != "SOFTMAX") return fail(ErrorKind::unsupported, "post_transform {}", transform);
  Attrs attrs;
  attrs.set("beta", 1.0);
  return steps("softmax", {scores}, std::move(attrs));
}

Result<TensorId> of_two_classes(OnnxLowering& low, const OnnxNode& node, TensorId score,
                                bool is_share) {
  const std::string transform = node.word("post_transform", "NONE");
  const OnnxSteps steps{low, node.outputs.back()};
  const TensorId signs = TRY(steps.row({-1, 1}));
  TensorId both = TRY(steps("mul", {score, signs}));
  if (transform == "LOGISTIC") return steps("logistic", {both});
  if (transform != "NONE" && transform != "SOFTMAX")
    return fail(ErrorKind::unsupported, "post_transform {}", transform);
  if (!is_share) return both;
  const TensorId ones = TRY(steps.row({1, 0}));
  return steps("add", {both, ones});
}

}  // namespace assay
