// TreeEnsembleRegressor and TreeEnsembleClassifier as tree_ensemble.
//
// Nodes are listed flat, by tree and number; a tree's root is the node that is nobody's child. Any
// of the six comparisons becomes thresholds (import/trees.h). Features are float32, and so are the
// sums, in the trees' order; ONNX Runtime may add trees in groups, some 1e-7 apart.
//
// Two classes are ONNX Runtime's: if only one of them has leaves, its sum decides at 0, or at 0.5
// if no leaf is negative; else class 1's at 0. Not handled: aggregates MIN and MAX, double
// thresholds, two base values for two classes (ONNX Runtime ignores one). Source: ONNX,
// docs/Operators-ml.md; ONNX Runtime, core/providers/cpu/ml/tree_ensemble_aggregator.h.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "import/onnx_ml.h"
#include "import/trees.h"

namespace assay {
namespace {

/// A leaf's part in an output.
struct Weight {
  int64_t output = 0;
  float value = 0;
};

/// The node lists of the attributes; all have the same length.
struct NodeLists {
  std::vector<int64_t> tree, node, feature, yes, no, missing;
  std::vector<float> value;
  std::vector<std::string> mode;
};

/// One tree: which list entries are its nodes, in the order they are listed.
struct ForeignTree {
  std::vector<size_t> entries;
  std::unordered_map<int64_t, int64_t> place;  ///< of a node's number
  int64_t root = -1;
};

struct Ensemble {
  NodeLists lists;
  std::vector<ForeignTree> trees;
  std::vector<std::vector<Weight>> weights;  ///< by list entry
  int64_t outputs = 0;
  bool by_tree = true;       ///< all leaves of a tree have one weight, of the same output
  bool is_positive = true;   ///< no weight is negative
  std::vector<bool> scored;  ///< by output: every row gets a weight for it
  std::vector<bool> named;   ///< by output: a leaf has a weight for it
};

Result<NodeLists> read_lists(const OnnxNode& node) {
  NodeLists lists;
  lists.tree = node.integers("nodes_treeids");
  lists.node = node.integers("nodes_nodeids");
  lists.feature = node.integers("nodes_featureids");
  lists.yes = node.integers("nodes_truenodeids");
  lists.no = node.integers("nodes_falsenodeids");
  lists.missing = node.integers("nodes_missing_value_tracks_true");
  if (const auto found = node.attrs.find("nodes_values"); found != node.attrs.end())
    lists.value = found->second.floats;
  if (const auto found = node.attrs.find("nodes_modes"); found != node.attrs.end())
    lists.mode = found->second.strings;
  const size_t count = lists.tree.size();
  if (count == 0) return fail(ErrorKind::input, "has no nodes");
  if (lists.missing.empty()) lists.missing.assign(count, 0);
  for (const size_t size :
       {lists.node.size(), lists.feature.size(), lists.yes.size(), lists.no.size(),
        lists.missing.size(), lists.value.size(), lists.mode.size()})
    if (size != count)
      return fail(ErrorKind::input, "its lists of nodes have {} and {} entries", count, size);
  return lists;
}

/// The node that no other leads to.
Status find_root(const NodeLists& lists, ForeignTree& tree) {
  std::vector<bool> is_child(tree.entries.size());
  for (const size_t entry : tree.entries) {
    if (lists.mode[entry] == "LEAF") continue;
    for (const int64_t child : {lists.yes[entry], lists.no[entry]})
      if (const auto found = tree.place.find(child); found != tree.place.end())
        is_child[static_cast<size_t>(found->second)] = true;
  }
  const auto root = std::ranges::find(is_child, false);
  if (root == is_child.end()) return fail(ErrorKind::input, "has no root: its nodes go in circles");
  tree.root = root - is_child.begin();
  return {};
}

/// Trees in the order of their first node.
Status group_nodes(Ensemble& ensemble) {
  const NodeLists& lists = ensemble.lists;
  std::unordered_map<int64_t, size_t> known;
  for (size_t i = 0; i < lists.tree.size(); ++i) {
    const size_t at = known.try_emplace(lists.tree[i], known.size()).first->second;
    if (at == ensemble.trees.size()) ensemble.trees.emplace_back();
    ForeignTree& tree = ensemble.trees[at];
    if (!tree.place.emplace(lists.node[i], static_cast<int64_t>(tree.entries.size())).second)
      return fail(ErrorKind::input, "tree {} has two nodes {}", lists.tree[i], lists.node[i]);
    tree.entries.push_back(i);
  }
  for (ForeignTree& tree : ensemble.trees)
    TRY_STATUS(in(find_root(lists, tree), "tree {}", lists.tree[tree.entries[0]]));
  return {};
}

/// Weights of `what`: class_ or target_.
Status read_weights(const OnnxNode& node, const std::string& what, Ensemble& ensemble) {
  const std::vector<int64_t> tree = node.integers(what + "_treeids"),
                             at = node.integers(what + "_nodeids"),
                             output = node.integers(what + "_ids");
  const auto found = node.attrs.find(what + "_weights");
  if (found == node.attrs.end() || tree.size() != at.size() || tree.size() != output.size() ||
      tree.size() != found->second.floats.size())
    return fail(ErrorKind::input, "its lists of {}s differ in length", what);
  std::unordered_map<int64_t, const ForeignTree*> by_number;
  for (const ForeignTree& each : ensemble.trees)
    by_number[ensemble.lists.tree[each.entries[0]]] = &each;
  ensemble.weights.resize(ensemble.lists.tree.size());
  ensemble.named.assign(static_cast<size_t>(ensemble.outputs), false);
  for (size_t i = 0; i < tree.size(); ++i) {
    const auto of = by_number.find(tree[i]);
    if (of == by_number.end() || !of->second->place.contains(at[i]))
      return fail(ErrorKind::input, "a weight for node {} of tree {}, which there is not", at[i],
                  tree[i]);
    if (output[i] < 0 || output[i] >= ensemble.outputs)
      return fail(ErrorKind::input, "{} {} of {}", what, output[i], ensemble.outputs);
    const float value = found->second.floats[i];
    ensemble.weights[of->second->entries[static_cast<size_t>(of->second->place.at(at[i]))]]
        .push_back({output[i], value});
    ensemble.named[static_cast<size_t>(output[i])] = true;
    ensemble.is_positive = ensemble.is_positive && value >= 0;
  }
  return {};
}

/// Which outputs each tree adds to, and whether all its leaves do.
void survey(Ensemble& ensemble) {
  const auto outputs = static_cast<size_t>(ensemble.outputs);
  ensemble.scored.assign(outputs, false);
  for (const ForeignTree& tree : ensemble.trees) {
    std::vector<size_t> leaves_of(outputs, 0);
    size_t leaves = 0;
    int64_t only = -1;
    for (const size_t entry : tree.entries) {
      if (ensemble.lists.mode[entry] != "LEAF") continue;
      ++leaves;
      const std::vector<Weight>& weights = ensemble.weights[entry];
      for (const Weight& weight : weights) ++leaves_of[static_cast<size_t>(weight.output)];
      if (only == -1 && !weights.empty()) only = weights[0].output;
      ensemble.by_tree = ensemble.by_tree && weights.size() == 1 && weights[0].output == only;
    }
    for (size_t k = 0; k < outputs; ++k)
      if (leaves_of[k] >= leaves) ensemble.scored[k] = true;
  }
}

/// The true branch is the left one.
Result<Split> split_of(const NodeLists& lists, const ForeignTree& tree, size_t entry) {
  Split split;
  const float value = lists.value[entry];
  const float below = float_below(double{value});
  const std::string& mode = lists.mode[entry];
  split.feature = lists.feature[entry];
  if (mode == "BRANCH_LEQ" || mode == "BRANCH_GT")
    split.bounds = {value};
  else if (mode == "BRANCH_LT" || mode == "BRANCH_GTE")
    split.bounds = {below};
  else if (mode == "BRANCH_EQ" || mode == "BRANCH_NEQ")
    split.bounds = {below, value};
  else
    return fail(ErrorKind::unsupported, "mode {}", mode);
  split.first_left = mode == "BRANCH_LEQ" || mode == "BRANCH_LT" || mode == "BRANCH_NEQ";
  split.nan_left = lists.missing[entry] != 0 || mode == "BRANCH_NEQ";
  const auto place = [&](int64_t number) {
    const auto found = tree.place.find(number);
    return found == tree.place.end() ? int64_t{-1} : found->second;
  };
  split.left = place(lists.yes[entry]);
  split.right = place(lists.no[entry]);
  return split;
}

Result<ForeignNode> foreign_node(const Ensemble& ensemble, const ForeignTree& tree, size_t entry,
                                 int64_t width) {
  if (ensemble.lists.mode[entry] != "LEAF")
    return ForeignNode{false, TRY(split_of(ensemble.lists, tree, entry)), {}};
  ForeignNode leaf{true, {}, std::vector<float>(static_cast<size_t>(width), 0.0F)};
  for (const Weight& weight : ensemble.weights[entry])
    leaf.value[width == 1 ? 0 : static_cast<size_t>(weight.output)] += weight.value;
  return leaf;
}

int64_t output_of_tree(const Ensemble& ensemble, const ForeignTree& tree) {
  for (const size_t entry : tree.entries)
    if (!ensemble.weights[entry].empty() && ensemble.lists.mode[entry] == "LEAF")
      return ensemble.weights[entry][0].output;
  return 0;
}

Status add_foreign_tree(const Ensemble& ensemble, const ForeignTree& tree, Trees& forest) {
  const auto count = static_cast<int64_t>(tree.entries.size());
  int64_t reached = 0;
  const auto node = [&](int64_t at) {
    ++reached;
    return foreign_node(ensemble, tree, tree.entries[static_cast<size_t>(at)], forest.leaf_width);
  };
  const int64_t output = ensemble.by_tree ? output_of_tree(ensemble, tree) : 0;
  TRY_STATUS(add_tree(forest, tree.root, count, output, node));
  if (reached != count)
    return fail(ErrorKind::input, "{} of its {} nodes are not reached", count - reached, count);
  return {};
}

Result<Ensemble> read_ensemble(const OnnxNode& node, const std::string& what, int64_t outputs) {
  for (const auto& [name, attr] : node.attrs)
    if (name.ends_with("_as_tensor"))
      return fail(ErrorKind::unsupported, "double precision ({}); export it for float32", name);
  Ensemble ensemble;
  ensemble.outputs = outputs;
  ensemble.lists = TRY(read_lists(node));
  TRY_STATUS(group_nodes(ensemble));
  TRY_STATUS(read_weights(node, what, ensemble));
  survey(ensemble);
  return ensemble;
}

/// Sums [rows, outputs] on top of `base`.
Result<TensorId> lower_ensemble(OnnxLowering& low, const OnnxNode& node, const Ensemble& ensemble,
                                const std::vector<float>& base) {
  const TensorId features = TRY(ml_features(low, node));
  Trees forest;
  forest.features = tensor_of(low, features).shape[1];
  forest.leaf_width = ensemble.by_tree ? 1 : ensemble.outputs;
  for (const ForeignTree& tree : ensemble.trees)
    TRY_STATUS(in(add_foreign_tree(ensemble, tree, forest), "tree {}",
                  ensemble.lists.tree[tree.entries[0]]));
  const OnnxSteps steps{low, node.outputs.back()};
  const auto integers = [&](const std::string& name, const std::vector<int32_t>& values,
                            int32_t each) -> Result<TensorId> {
    const auto bytes = TRY(own_elements<int32_t>(low, static_cast<int64_t>(values.size())));
    std::ranges::copy(values, bytes.begin());
    return constant_tensor(low, steps.name + " " + name, Dtype::s32,
                           {{static_cast<int32_t>(values.size()) / each, each}},
                           std::as_bytes(bytes));
  };
  const auto width = static_cast<int32_t>(forest.leaf_width);
  std::vector<TensorId> inputs = {features};
  inputs.push_back(TRY(integers("nodes", forest.nodes, 4)));
  inputs.push_back(TRY(float_tensor(low, steps.name + " leaves",
                                    {{static_cast<int32_t>(forest.leaves.size()) / width, width}},
                                    forest.leaves)));
  inputs.push_back(TRY(integers("trees", forest.trees, 2)));
  inputs.push_back(TRY(steps.row(base)));
  return steps("tree_ensemble", std::move(inputs));
}

std::vector<float> base_of(const OnnxNode& node) {
  const auto found = node.attrs.find("base_values");
  return found == node.attrs.end() ? std::vector<float>() : found->second.floats;
}

/// Two classes: see the head of this file.
Status lower_two_classes(OnnxLowering& low, const OnnxNode& node, Ensemble& ensemble,
                         const std::vector<float>& base, const std::vector<int64_t>& labels) {
  if (base.size() > 1) return fail(ErrorKind::unsupported, "two base values for two classes");
  const bool is_one = ensemble.named[0] != ensemble.named[1];
  const bool has_first = ensemble.named[0];
  std::vector<float> all_base = {base.empty() || !has_first ? 0.0F : base[0], 0.0F};
  if (is_one) {
    ensemble.outputs = 1;
    all_base.pop_back();
    for (std::vector<Weight>& weights : ensemble.weights)
      for (Weight& weight : weights) weight.output = 0;
  } else if (!ensemble.scored[1]) {
    return fail(ErrorKind::unsupported, "rows of which some have no score of class 1");
  }
  const TensorId sums = TRY(lower_ensemble(low, node, ensemble, all_base));
  const OnnxSteps steps{low, node.outputs.back()};
  TensorId second = sums;
  if (!is_one) {
    const TensorId column = TRY(integers_tensor(low, steps.name + " column", {1}));
    Attrs attrs;
    attrs.set("axis", int64_t{1});
    second = TRY(steps("gather", {sums, column}, std::move(attrs)));
  }
  const TensorId bound = TRY(steps.number(is_one && ensemble.is_positive ? 0.5F : 0.0F));
  const TensorId decided = TRY(steps("greater", {second, bound}, {}, Dtype::boolean));
  TRY_STATUS(define_decided(low, node, decided, labels));
  TensorId scores = kNoTensor;
  if (is_one && has_first) {
    scores = TRY(of_two_classes(low, node, sums, ensemble.is_positive));
  } else if (is_one) {
    const TensorId place = TRY(steps.row({0, 1}));
    scores = TRY(steps("mul", {sums, place}));
    scores = TRY(post_transformed(low, node, scores));
  } else {
    scores = TRY(post_transformed(low, node, sums));
  }
  steps.define(node, scores, 1);
  return {};
}

}  // namespace

Status onnx_tree_classifier(OnnxLowering& low, const OnnxNode& node) {
  const std::vector<int64_t> labels = TRY(ml_labels(low, node));
  const auto classes = static_cast<int64_t>(labels.size());
  std::vector<float> base = base_of(node);
  Ensemble ensemble = TRY(read_ensemble(node, "class", classes));
  if (classes == 2) return lower_two_classes(low, node, ensemble, base, labels);
  if (classes == 1) return fail(ErrorKind::unsupported, "one class");
  if (base.empty() && std::ranges::find(ensemble.scored, false) != ensemble.scored.end())
    return fail(ErrorKind::unsupported, "rows of which some have no score of some class");
  base.resize(labels.size(), 0.0F);
  const TensorId sums = TRY(lower_ensemble(low, node, ensemble, base));
  TRY_STATUS(define_largest(low, node, sums, labels));
  const OnnxSteps steps{low, node.outputs.back()};
  steps.define(node, TRY(post_transformed(low, node, sums)), 1);
  return {};
}

Status onnx_tree_regressor(OnnxLowering& low, const OnnxNode& node) {
  const std::string aggregate = node.word("aggregate_function", "SUM");
  if (aggregate != "SUM" && aggregate != "AVERAGE")
    return fail(ErrorKind::unsupported, "aggregate_function {}", aggregate);
  const int64_t outputs = node.integer("n_targets", 1);
  if (outputs < 1 || outputs > INT16_MAX) return fail(ErrorKind::input, "{} targets", outputs);
  if (outputs == 1 && node.word("post_transform", "NONE") != "NONE")
    return fail(ErrorKind::unsupported, "post_transform of one target, which ONNX Runtime ignores");
  const Ensemble ensemble = TRY(read_ensemble(node, "target", outputs));
  std::vector<float> base = base_of(node), none(static_cast<size_t>(outputs), 0.0F);
  if (base.empty()) base = none;
  if (base.size() != none.size())
    return fail(ErrorKind::input, "{} base values for {} targets", base.size(), outputs);
  const OnnxSteps steps{low, node.outputs[0]};
  const bool is_mean = aggregate == "AVERAGE";
  TensorId made = TRY(lower_ensemble(low, node, ensemble, is_mean ? none : base));
  if (is_mean) {
    made = TRY(steps("div", made, static_cast<float>(ensemble.trees.size())));
    const TensorId addend = TRY(steps.row(base));
    made = TRY(steps("add", {made, addend}));
  }
  steps.define(node, TRY(post_transformed(low, node, made)));
  return {};
}

}  // namespace assay
