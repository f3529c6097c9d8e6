// Linear models and support vector machines of ONNX-ML as fully_connected layers.
//
// A kernel machine is k(x, v) of each support vector v, times coefficients. The exponent of the
// radial kernel, -g |x - v|^2, is a layer too: 2g x.v - g |v|^2, then - g |x|^2, so that nothing is
// kept for each vector and feature. Both are taken relative to the vectors' mean, so that the
// difference of large numbers costs no digits. Vectors that pull one way stand between those that
// pull the other, so that a float32 sum of hundreds of terms stays small on its way. Votes of pairs
// are a layer of ones.
//
// Not handled: probabilities of more than two classes, which are found by iteration; a linear
// machine without support vectors for classes (exporters write LinearClassifier). Source: ONNX,
// docs/Operators-ml.md; ONNX Runtime, core/providers/cpu/ml/linearclassifier.cc, svmclassifier.cc,
// svmregressor.cc, ml_common.h (multiclass_probability).
#include <algorithm>
#include <numeric>

#include "import/onnx_ml.h"

namespace assay {
namespace {

std::vector<float> floats_of(const OnnxNode& node, std::string_view attr) {
  const auto found = node.attrs.find(attr);
  return found == node.attrs.end() ? std::vector<float>() : found->second.floats;
}

/// x times coefficients [outputs, features] plus intercepts.
Result<TensorId> linear(OnnxLowering& low, const OnnxNode& node, TensorId x, size_t outputs) {
  const std::vector<float> weights = floats_of(node, "coefficients");
  std::vector<float> bias = floats_of(node, "intercepts");
  const auto depth = static_cast<size_t>(tensor_of(low, x).shape[1]);
  if (depth == 0 || weights.size() != outputs * depth || (!bias.empty() && bias.size() != outputs))
    return fail(ErrorKind::input, "{} coefficients and {} intercepts, need {} by {}",
                weights.size(), bias.size(), outputs, depth);
  return OnnxSteps{low, node.outputs.back()}.product(x, weights, depth, bias);
}

/// Support vectors [count, features] and how they are compared with x.
struct Machine {
  std::vector<float> vectors;
  size_t count = 0, features = 0;
  std::string kernel;
  float gamma = 0, offset = 0, degree = 0;
};

Result<Machine> machine_of(const OnnxNode& node, size_t count, size_t features) {
  Machine machine{floats_of(node, "support_vectors"), count, features,
                  node.word("kernel_type", "LINEAR")};
  const std::vector<float> params = floats_of(node, "kernel_params");
  if (features == 0 || count == 0 || machine.vectors.size() != count * features)
    return fail(ErrorKind::input, "{} numbers for {} support vectors of {} features",
                machine.vectors.size(), count, features);
  if (params.size() == 3) {
    machine.gamma = params[0];
    machine.offset = params[1];
    machine.degree = params[2];
  } else if (machine.kernel != "LINEAR") {
    return fail(ErrorKind::input, "{} kernel_params, need 3", params.size());
  }
  return machine;
}

/// An order of things in groups that mixes the groups evenly.
std::vector<size_t> mixed_order(const std::vector<size_t>& group) {
  std::vector<size_t> sizes(std::ranges::max(group) + 1, 0);
  for (const size_t of : group) ++sizes[of];
  std::vector<double> place(group.size());
  std::vector<size_t> seen(sizes.size(), 0), order(group.size());
  for (size_t i = 0; i < group.size(); ++i)
    place[i] = (static_cast<double>(seen[group[i]]++) + 0.5) / static_cast<double>(sizes[group[i]]);
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return place[a] < place[b]; });
  return order;
}

/// Rows of so many numbers in that order.
std::vector<float> reordered_rows(const std::vector<float>& rows, size_t width,
                                  const std::vector<size_t>& order) {
  std::vector<float> made;
  made.reserve(rows.size());
  for (const size_t row : order)
    for (size_t i = 0; i < width; ++i) made.push_back(rows[row * width + i]);
  return made;
}

/// exp(-g |x - v|^2); the exponent is at most 0, whatever the rounding.
Result<TensorId> radial(const OnnxSteps& steps, TensorId x, const Machine& machine) {
  std::vector<double> mean(machine.features, 0.0);
  for (size_t i = 0; i < machine.vectors.size(); ++i)
    mean[i % machine.features] += double{machine.vectors[i]} / static_cast<double>(machine.count);
  const std::vector<float> centre(mean.begin(), mean.end());
  std::vector<float> weights, bias;
  for (size_t v = 0; v < machine.count; ++v) {
    double squares = 0;
    for (size_t f = 0; f < machine.features; ++f) {
      const double at = double{machine.vectors[v * machine.features + f]} - double{centre[f]};
      weights.push_back(static_cast<float>(2 * double{machine.gamma} * at));
      squares += at * at;
    }
    bias.push_back(static_cast<float>(-double{machine.gamma} * squares));
  }
  const TensorId by = TRY(steps.row(centre));
  const TensorId from = TRY(steps("sub", {x, by}));
  const TensorId square = TRY(steps("mul", {from, from}));
  const TensorId sum = TRY(steps.along_rows("sum", square));
  const TensorId own = TRY(steps("mul", sum, -machine.gamma));
  const TensorId mixed = TRY(steps.product(from, weights, machine.features, bias));
  const TensorId exponent = TRY(steps("add", {mixed, own}));
  const TensorId bounded = TRY(steps("minimum", exponent, 0.0F));
  return steps("exp", {bounded});
}

/// k(x, v) for each support vector: [rows, count].
Result<TensorId> kernels(const OnnxSteps& steps, TensorId x, Machine machine) {
  if (machine.kernel == "RBF") return radial(steps, x, machine);
  if (machine.kernel == "LINEAR") return steps.product(x, machine.vectors, machine.features, {});
  for (float& value : machine.vectors) value *= machine.gamma;
  const TensorId dot = TRY(steps.product(x, machine.vectors, machine.features,
                                         std::vector<float>(machine.count, machine.offset)));
  if (machine.kernel == "SIGMOID") return steps("tanh", {dot});
  if (machine.kernel != "POLY")
    return fail(ErrorKind::unsupported, "kernel_type {}", machine.kernel);
  if (machine.degree != 2 && machine.degree != 3) return steps("pow", dot, machine.degree);
  const TensorId square = TRY(steps("mul", {dot, dot}));
  return machine.degree == 2 ? Result<TensorId>(square) : steps("mul", {square, dot});
}

/// Decision values of the pairs of classes (0, 1), (0, 2) ... (1, 2) ... : [rows, pairs].
Result<TensorId> pair_scores(const OnnxSteps& steps, const OnnxNode& node, TensorId kernel,
                             const std::vector<int64_t>& counts, const std::vector<size_t>& order) {
  const std::vector<float> coefficients = floats_of(node, "coefficients");
  std::vector<float> rho = floats_of(node, "rho");
  const size_t classes = counts.size(), pairs = classes * (classes - 1) / 2;
  const auto total = static_cast<size_t>(std::reduce(counts.begin(), counts.end()));
  if (coefficients.size() != (classes - 1) * total || rho.size() != pairs)
    return fail(ErrorKind::input, "{} coefficients and {} rho, need {} and {}", coefficients.size(),
                rho.size(), (classes - 1) * total, pairs);
  std::vector<size_t> first(classes, 0);
  for (size_t c = 1; c < classes; ++c) first[c] = first[c - 1] + static_cast<size_t>(counts[c - 1]);
  std::vector<float> weights(pairs * total, 0.0F);
  size_t pair = 0;
  for (size_t i = 0; i < classes; ++i)
    for (size_t j = i + 1; j < classes; ++j, ++pair) {
      const auto take = [&](size_t of, size_t row) {
        for (size_t v = first[of]; v < first[of] + static_cast<size_t>(counts[of]); ++v)
          weights[pair * total + v] = coefficients[row * total + v];
      };
      take(i, j - 1);
      take(j, i);
    }
  std::vector<float> mixed;
  mixed.reserve(weights.size());
  for (size_t at = 0; at < weights.size(); at += total)
    for (const size_t v : order) mixed.push_back(weights[at + v]);
  return steps.product(kernel, mixed, total, rho);
}

/// How many pairs each class wins: [rows, classes].
Result<TensorId> votes(const OnnxSteps& steps, TensorId scores, size_t classes) {
  const size_t pairs = classes * (classes - 1) / 2;
  std::vector<float> weights(classes * pairs, 0.0F), bias(classes, 0.0F);
  size_t pair = 0;
  for (size_t i = 0; i < classes; ++i)
    for (size_t j = i + 1; j < classes; ++j, ++pair) {
      weights[i * pairs + pair] = 1;
      weights[j * pairs + pair] = -1;
      bias[j] += 1;
    }
  const TensorId zero = TRY(steps.number(0));
  const TensorId wins = TRY(steps("greater", {scores, zero}, {}, Dtype::boolean));
  const TensorId numbers = TRY(steps.cast(wins, Dtype::f32));
  return steps.product(numbers, weights, pairs, bias);
}

/// Platt's probability of class 0 of two; within 0.005 of a half it is a half, where the iteration
/// of the general case stops at once.
Result<TensorId> probabilities(const OnnxSteps& steps, const OnnxNode& node, TensorId score) {
  const std::vector<float> a = floats_of(node, "prob_a"), b = floats_of(node, "prob_b");
  if (a.size() != 1 || b.size() != 1)
    return fail(ErrorKind::input, "{} prob_a and {} prob_b, need 1", a.size(), b.size());
  TensorId p = TRY(steps("mul", score, -a[0]));
  p = TRY(steps("add", p, -b[0]));
  p = TRY(steps("logistic", {p}));
  p = TRY(steps("maximum", p, 1e-7F));
  p = TRY(steps("minimum", p, 1 - 1e-7F));
  const TensorId away = TRY(steps("sub", p, 0.5F));
  const TensorId distance = TRY(steps("abs", {away}));
  const TensorId bound = TRY(steps.number(0.005F));
  const TensorId is_half = TRY(steps("less", {distance, bound}, {}, Dtype::boolean));
  const TensorId half = TRY(steps.number(0.5F));
  p = TRY(steps("select_v2", {is_half, half, p}));
  const TensorId signs = TRY(steps.row({1, -1}));
  const TensorId both = TRY(steps("mul", {p, signs}));
  const TensorId ones = TRY(steps.row({0, 1}));
  return steps("add", {both, ones});
}

}  // namespace

Status onnx_linear_regressor(OnnxLowering& low, const OnnxNode& node) {
  const int64_t targets = node.integer("targets", 1);
  if (targets < 1 || targets > INT16_MAX) return fail(ErrorKind::input, "{} targets", targets);
  const TensorId x = TRY(ml_features(low, node));
  const TensorId made = TRY(linear(low, node, x, static_cast<size_t>(targets)));
  OnnxSteps{low, node.outputs[0]}.define(node, TRY(post_transformed(low, node, made)));
  return {};
}

Status onnx_linear_classifier(OnnxLowering& low, const OnnxNode& node) {
  const std::vector<int64_t> labels = TRY(ml_labels(low, node));
  const TensorId x = TRY(ml_features(low, node));
  const size_t scored = floats_of(node, "intercepts").size();
  if (scored == 0) return fail(ErrorKind::unsupported, "no intercepts");
  const TensorId scores = TRY(linear(low, node, x, scored));
  const OnnxSteps steps{low, node.outputs.back()};
  if (scored == 1) {
    const TensorId zero = TRY(steps.number(0));
    const TensorId decided = TRY(steps("greater", {scores, zero}, {}, Dtype::boolean));
    TRY_STATUS(define_decided(low, node, decided, labels));
    steps.define(node, TRY(of_two_classes(low, node, scores, true)), 1);
    return {};
  }
  TRY_STATUS(define_largest(low, node, scores, labels));
  steps.define(node, TRY(post_transformed(low, node, scores)), 1);
  return {};
}

Status onnx_svm_regressor(OnnxLowering& low, const OnnxNode& node) {
  const TensorId x = TRY(ml_features(low, node));
  const auto features = static_cast<size_t>(tensor_of(low, x).shape[1]);
  std::vector<float> coefficients = floats_of(node, "coefficients");
  const std::vector<float> rho = floats_of(node, "rho");
  const int64_t supports = node.integer("n_supports", 0);
  const size_t count = supports > 0 ? static_cast<size_t>(supports) : features;
  if (rho.size() != 1 || coefficients.size() != count || count == 0)
    return fail(ErrorKind::input, "{} coefficients and {} rho, need {} and 1", coefficients.size(),
                rho.size(), count);
  const OnnxSteps steps{low, node.outputs[0]};
  TensorId from = x;
  if (supports > 0) {
    Machine machine = TRY(machine_of(node, count, features));
    std::vector<size_t> sign;
    for (const float value : coefficients) sign.push_back(value < 0 ? 1 : 0);
    const std::vector<size_t> order = mixed_order(sign);
    machine.vectors = reordered_rows(machine.vectors, features, order);
    coefficients = reordered_rows(coefficients, 1, order);
    from = TRY(kernels(steps, x, std::move(machine)));
  }
  TensorId made = TRY(steps.product(from, coefficients, count, rho));
  if (node.integer("one_class", 0) != 0) {
    const TensorId zero = TRY(steps.number(0)), inside = TRY(steps.number(1)),
                   outside = TRY(steps.number(-1));
    const TensorId decided = TRY(steps("greater", {made, zero}, {}, Dtype::boolean));
    const TensorId flat = TRY(steps.view(decided, {{tensor_of(low, made).shape[0], 1}}));
    made = TRY(steps("select_v2", {flat, inside, outside}));
  }
  steps.define(node, made);
  return {};
}

Status onnx_svm_classifier(OnnxLowering& low, const OnnxNode& node) {
  const std::vector<int64_t> labels = TRY(ml_labels(low, node));
  const std::vector<int64_t> counts = node.integers("vectors_per_class");
  if (counts.empty()) return fail(ErrorKind::unsupported, "no support vectors");
  if (counts.size() != labels.size() || counts.size() < 2)
    return fail(ErrorKind::input, "{} classes, {} labels", counts.size(), labels.size());
  const size_t given = floats_of(node, "support_vectors").size();
  std::vector<size_t> of_class;
  for (size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] < 0 || std::cmp_greater(counts[c], given - of_class.size()))
      return fail(ErrorKind::input, "{} vectors of class {}", counts[c], c);
    of_class.insert(of_class.end(), static_cast<size_t>(counts[c]), c);
  }
  const bool has_probability = node.has("prob_a"), is_binary = counts.size() == 2;
  if (has_probability && !is_binary)
    return fail(ErrorKind::unsupported,
                "probabilities of {} classes; train it with probability=False", counts.size());
  if (node.word("post_transform", "NONE") != "NONE" && is_binary)
    return fail(ErrorKind::unsupported, "post_transform of two classes");
  const TensorId x = TRY(ml_features(low, node));
  Machine machine =
      TRY(machine_of(node, of_class.size(), static_cast<size_t>(tensor_of(low, x).shape[1])));
  const std::vector<size_t> order = mixed_order(of_class);
  machine.vectors = reordered_rows(machine.vectors, machine.features, order);
  const OnnxSteps steps{low, node.outputs.back()};
  const TensorId kernel = TRY(kernels(steps, x, std::move(machine)));
  const TensorId scores = TRY(pair_scores(steps, node, kernel, counts, order));
  const TensorId won = TRY(votes(steps, scores, counts.size()));
  TRY_STATUS(define_largest(low, node, won, labels));
  TensorId made = scores;
  if (has_probability) {
    made = TRY(probabilities(steps, node, scores));
  } else if (is_binary) {
    made = TRY(of_two_classes(low, node, scores, false));
  } else {
    made = TRY(post_transformed(low, node, scores));
  }
  steps.define(node, made, 1);
  return {};
}

}  // namespace assay
