// What importers of trees share: foreign splits become nodes `x <= threshold`, a forest a graph.
//
// The idea: features are float32, so any split on one feature cuts the floats into finitely many
// intervals that go left and right in turn; a balanced tree of comparisons with their bounds
// decides it exactly, whatever the format's own rule: < or <=, double thresholds, sets of
// categories, zeros that count as missing. Both ways of such a tree end at the same two children.
// NaN follows the path of an interval that goes where it shall.
//
// A category costs up to two bounds; sets of hundreds make large trees (a bit set would not).
#include "import/trees.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace assay {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Where a child is still to be written: an index into nodes, or (negative) ~index into trees.
using Slots = std::vector<int64_t>;

void patch(Trees& forest, const Slots& slots, int32_t child) {
  for (const int64_t slot : slots)
    (slot < 0 ? forest.trees[static_cast<size_t>(~slot)]
              : forest.nodes[static_cast<size_t>(slot)]) = child;
}

/// Comparisons with bounds [first, last); puts the slots of its intervals into left and right.
/// NaN goes to interval `nan`.
void compare(Trees& forest, const Split& split, size_t first, size_t last, size_t nan,
             const Slots& from, Slots& left, Slots& right) {
  if (first == last) {
    Slots& to = (first % 2 == 0) == split.first_left ? left : right;
    to.insert(to.end(), from.begin(), from.end());
    return;
  }
  const size_t middle = first + (last - first) / 2;
  const auto at = static_cast<int64_t>(forest.nodes.size());
  patch(forest, from, static_cast<int32_t>(at / 4));
  const auto feature = static_cast<int32_t>(2 * split.feature + (nan <= middle ? 1 : 0));
  forest.nodes.insert(forest.nodes.end(),
                      {feature, std::bit_cast<int32_t>(split.bounds[middle]), 0, 0});
  compare(forest, split, first, middle, nan, {at + 2}, left, right);
  compare(forest, split, middle + 1, last, nan, {at + 3}, left, right);
}

Status check_split(const Trees& forest, const Split& split, const std::vector<bool>& seen) {
  if (split.feature < 0 || split.feature >= forest.features)
    return fail(ErrorKind::input, "feature {} of {}", split.feature, forest.features);
  for (const float bound : split.bounds)
    if (std::isnan(bound)) return fail(ErrorKind::input, "its threshold is not a number");
  for (const int64_t child : {split.left, split.right}) {
    if (child < 0 || child >= static_cast<int64_t>(seen.size()))
      return fail(ErrorKind::input, "child {} of {} nodes", child, seen.size());
    if (seen[static_cast<size_t>(child)])
      return fail(ErrorKind::input, "child {} is reached twice: no tree", child);
  }
  return {};
}

struct Open {
  int64_t node;
  Slots from;
};

Status add_node(Trees& forest, const ForeignNode& node, const Slots& from, std::vector<bool>& seen,
                std::vector<Open>& open) {
  if (node.is_leaf) {
    if (static_cast<int64_t>(node.value.size()) != forest.leaf_width)
      return fail(ErrorKind::input, "leaf of {} values, need {}", node.value.size(),
                  forest.leaf_width);
    for (const float value : node.value)
      if (!std::isfinite(value)) return fail(ErrorKind::input, "its value {} is not finite", value);
    const auto index =
        static_cast<int32_t>(static_cast<int64_t>(forest.leaves.size()) / forest.leaf_width);
    patch(forest, from, ~index);
    forest.leaves.insert(forest.leaves.end(), node.value.begin(), node.value.end());
    return {};
  }
  TRY_STATUS(check_split(forest, node.split, seen));
  Split split = node.split;
  if (split.bounds.empty()) split.bounds = {kInfinity};  // NaN may still go the other way
  const size_t first_way = split.first_left == split.nan_left ? 0 : 1;
  Slots left, right;
  compare(forest, split, 0, split.bounds.size(), first_way, from, left, right);
  seen[static_cast<size_t>(split.left)] = seen[static_cast<size_t>(split.right)] = true;
  if (split.left == split.right) return fail(ErrorKind::input, "both children are {}", split.left);
  // Where no interval goes one way, its subtree is dead.
  if (!right.empty()) open.push_back({split.right, std::move(right)});
  if (!left.empty()) open.push_back({split.left, std::move(left)});
  return {};
}

template <class T>
TensorId add_constant(GraphParts& parts, std::string name, Dtype dtype, std::vector<int32_t> dims,
                      const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  parts.own.emplace_back(bytes.begin(), bytes.end());
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.dtype = dtype;
  tensor.shape = {std::move(dims)};
  tensor.is_constant = true;
  tensor.data = parts.own.back();
  parts.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(parts.tensors.size() - 1);
}

TensorId add_tensor(GraphParts& parts, std::string name, Dtype dtype, std::vector<int32_t> dims) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.dtype = dtype;
  tensor.shape = {std::move(dims)};
  parts.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(parts.tensors.size() - 1);
}

Node make_node(std::string op, std::vector<TensorId> inputs, TensorId output, Attrs attrs) {
  Node node;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.outputs = {output};
  node.attrs = std::move(attrs);
  return node;
}

}  // namespace

float float_at_most(double value) {
  if (value >= kLargest) return value > std::numeric_limits<double>::max() ? kInfinity : kLargest;
  if (value < -static_cast<double>(kLargest)) return -kInfinity;
  const auto near = static_cast<float>(value);
  return static_cast<double>(near) > value ? std::nextafter(near, -kInfinity) : near;
}

float float_below(double value) {
  const float at_most = float_at_most(value);
  return static_cast<double>(at_most) < value ? at_most : std::nextafter(at_most, -kInfinity);
}

std::vector<float> category_bounds(const std::vector<int64_t>& categories, bool zero_reaches_down) {
  std::vector<float> bounds;
  for (const int64_t category : categories) {
    const float low =
        category == 0 && zero_reaches_down ? -1.0F : float_below(static_cast<double>(category));
    const float high = float_below(static_cast<double>(category) + 1);
    if (low == high) continue;  // no float reads as this category
    if (!bounds.empty() && bounds.back() == low)
      bounds.back() = high;
    else
      bounds.insert(bounds.end(), {low, high});
  }
  return bounds;
}

Status add_tree(Trees& forest, int64_t root, int64_t count, int64_t first_output,
                const std::function<Result<ForeignNode>(int64_t)>& node) {
  if (root < 0 || root >= count) return fail(ErrorKind::input, "root {} of {} nodes", root, count);
  std::vector<bool> seen(static_cast<size_t>(count));
  seen[static_cast<size_t>(root)] = true;
  const auto slot = static_cast<int64_t>(forest.trees.size());
  forest.trees.insert(forest.trees.end(), {0, static_cast<int32_t>(first_output)});
  std::vector<Open> open;
  open.push_back({root, {~slot}});
  while (!open.empty()) {
    const Open next = std::move(open.back());
    open.pop_back();
    const ForeignNode found = TRY(in(node(next.node), "node {}", next.node));
    TRY_STATUS(in(add_node(forest, found, next.from, seen, open), "node {}", next.node));
  }
  return {};
}

Status check_tree_options(const ImportOptions& options) {
  if (!options.shapes.empty())
    return fail(ErrorKind::usage, "--shape: a forest takes one row of its features at a time");
  if (!options.signature.empty())
    return fail(ErrorKind::usage, "--signature {}: a forest has none", options.signature);
  return {};
}

Result<Graph> tree_graph(Trees forest, std::vector<Link> links, std::vector<std::byte> file,
                         std::string name, std::vector<std::string> notes) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  if (forest.features < 1 || forest.features > kMost)
    return fail(ErrorKind::input, "{} features", forest.features);
  GraphParts parts;
  parts.name = std::move(name);
  parts.format = std::move(forest.format);
  parts.file = std::move(file);
  parts.notes = std::move(notes);
  const auto width = static_cast<int32_t>(forest.leaf_width);
  const auto outputs = static_cast<int32_t>(forest.base.size());
  const auto rows = [](size_t values, int32_t each) { return static_cast<int32_t>(values) / each; };
  const TensorId features =
      add_tensor(parts, "features", Dtype::f32, {1, static_cast<int32_t>(forest.features)});
  parts.own.reserve(5);
  const std::vector<TensorId> inputs = {
      features,
      add_constant(parts, "nodes", Dtype::s32, {rows(forest.nodes.size(), 4), 4}, forest.nodes),
      add_constant(parts, "leaves", Dtype::f32, {rows(forest.leaves.size(), width), width},
                   forest.leaves),
      add_constant(parts, "trees", Dtype::s32, {rows(forest.trees.size(), 2), 2}, forest.trees),
      add_constant(parts, "base", Dtype::f32, {outputs}, forest.base)};
  TensorId last = add_tensor(parts, links.empty() ? "prediction" : "sum", Dtype::f32, {1, outputs});
  parts.nodes.push_back(make_node("tree_ensemble", inputs, last, {}));
  for (Link& link : links) {
    std::vector<TensorId> from = {last};
    const std::string made = &link == &links.back() ? "prediction" : link.op;
    if (link.op == "arg_max") {
      from.push_back(add_constant(parts, "axis", Dtype::s32, {1}, std::vector<int32_t>{1}));
      last = add_tensor(parts, made, Dtype::s32, {1});
    } else {
      last = add_tensor(parts, made, Dtype::f32, {1, outputs});
    }
    parts.nodes.push_back(make_node(link.op, std::move(from), last, std::move(link.attrs)));
  }
  parts.inputs = {features};
  parts.outputs = {last};
  return Graph::make(std::move(parts));
}

}  // namespace assay
