// tree_ensemble: sums of the leaves that a row of features reaches in each tree, on top of a base.
//
// Inputs   features f32 [rows, F]; nodes s32 [n, 4]: 2 * feature + (NaN goes left), the threshold's
//          bits, left, right; leaves f32 [l, w]; trees s32 [t, 2]: root, first output; base f32
//          [K].
// A row goes left where x <= threshold. A child is a node behind its parent, or ~leaf; so there is
// no cycle. The nodes of a tree stand together, trees in their order. Every split of every format
// becomes such nodes (import/trees.h): <, sets of categories, zeros that count as missing.
//
// Sums are float32 in the order of the trees, as XGBoost's (src/predictor/cpu_predictor.cc); two
// paths may lead to one node. Which of three forms runs: flat arrays in two
// layouts (tree_layout.h), or code (tree_code.h).
// Not handled: leaves that are linear functions.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/elementwise.h"
#include "ops/op.h"
#include "ops/tree_code.h"
#include "ops/tree_layout.h"
#include "ops/tree_thumb.h"

namespace assay {
namespace {

constexpr std::string_view kRoles[] = {"features", "nodes", "leaves", "trees", "base"};

bool has_form(const Tensor& tensor, Dtype dtype, int rank) {
  return tensor.dtype == dtype && tensor.shape.rank() == rank;
}

Status check_tensors(const NodeView& node) {
  TRY_STATUS(check_arity(node, 5, 5));
  const Dtype types[] = {Dtype::f32, Dtype::s32, Dtype::f32, Dtype::s32, Dtype::f32};
  for (int i = 0; i < 5; ++i) {
    const auto at = static_cast<size_t>(i);
    if (!has_form(node.input(i), types[at], i == 4 ? 1 : 2))
      return fail(ErrorKind::input, "{} are {} of {}, need {} of rank {}", kRoles[at],
                  text(node.input(i).shape), name(node.input(i).dtype), name(types[at]),
                  i == 4 ? 1 : 2);
    if (i > 0 && !node.input(i).is_constant)
      return fail(ErrorKind::input, "{} are not constant", kRoles[at]);
  }
  if (node.input(1).shape[1] != kTreeNodeInts || node.input(3).shape[1] != kTreeInts)
    return fail(ErrorKind::input, "nodes have {} numbers and trees {}, need {} and {}",
                node.input(1).shape[1], node.input(3).shape[1], kTreeNodeInts, kTreeInts);
  return {};
}

Status check_child(const Forest& forest, size_t parent, size_t end, int32_t child) {
  const auto leaves = static_cast<int64_t>(forest.leaves.size()) / forest.leaf_width;
  if (child < 0 && int64_t{~child} >= leaves)
    return fail(ErrorKind::input, "leaf {} of {}", ~child, leaves);
  if (child >= 0 && (static_cast<size_t>(child) <= parent || static_cast<size_t>(child) >= end))
    return fail(ErrorKind::input, "child {} is not behind it in its tree, which ends at {}", child,
                end);
  return {};
}

Status check_nodes(const Forest& forest, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    const TreeNode node = forest.node(i);
    if (node.feature < 0 || node.feature >= forest.features)
      return fail(ErrorKind::input, "tree node {}: feature {} of {}", i, node.feature,
                  forest.features);
    if (std::isnan(node.threshold))
      return fail(ErrorKind::input, "tree node {}: its threshold is not a number", i);
    for (const int32_t child : {node.left, node.right})
      TRY_STATUS(in(check_child(forest, i, end, child), "tree node {}", i));
  }
  return {};
}

Status check_forest(const Forest& forest) {
  if (forest.leaf_width < 1) return fail(ErrorKind::input, "leaves are empty");
  const auto nodes = static_cast<int32_t>(forest.node_count());
  int32_t next = 0;
  for (size_t t = 0; t < forest.tree_count(); ++t) {
    if (forest.column(t) < 0 || forest.column(t) + forest.leaf_width > forest.outputs)
      return fail(ErrorKind::input, "tree {} adds {} values from output {} on, there are {}", t,
                  forest.leaf_width, forest.column(t), forest.outputs);
    const int32_t root = forest.root(t);
    if (root < 0) {
      TRY_STATUS(in(check_child(forest, 0, 0, root), "tree {}", t));
      continue;
    }
    if (root != next)
      return fail(ErrorKind::input, "tree {} begins at node {}, not {}", t, root, next);
    size_t after = t + 1;
    while (after < forest.tree_count() && forest.root(after) < 0) ++after;
    next = after < forest.tree_count() ? forest.root(after) : nodes;
    if (next <= root || next > nodes)
      return fail(ErrorKind::input, "tree {} ends at node {}, begins at {} of {}", t, next, root,
                  nodes);
    TRY_STATUS(check_nodes(forest, static_cast<size_t>(root), static_cast<size_t>(next)));
  }
  if (next != nodes) return fail(ErrorKind::input, "{} nodes belong to no tree", nodes - next);
  return {};
}

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_tensors(node));
  TRY_STATUS(check_forest(forest_of(node)));
  return std::vector<Shape>{Shape{{node.input(0).shape[0], node.input(4).shape[0]}}};
}

std::string unsupported(const NodeView& node) {
  if (node.output().dtype != Dtype::f32)
    return unsupported_types(Dtype::f32, node.output().dtype, "f32");
  return not_linkable(forest_of(node));
}

/// The longest path of every tree.
Work work(const NodeView& node) {
  const Forest forest = forest_of(node);
  int64_t steps = 0;
  for (const int depth : tree_depths(forest)) steps += depth;
  const auto trees = static_cast<int64_t>(forest.tree_count());
  const int64_t adds = trees * forest.leaf_width;
  return {.ops = forest.rows * (steps + adds),
          .read_bytes = forest.rows * (steps * 8 + adds * 4 + forest.features * 4),
          .write_bytes = node.output().bytes()};
}

int32_t leaf_of(const Forest& forest, int32_t at, std::span<const float> row) {
  while (at >= 0) {
    const TreeNode node = forest.node(static_cast<size_t>(at));
    const float x = row[static_cast<size_t>(node.feature)];
    at = (std::isnan(x) ? node.nan_left : x <= node.threshold) ? node.left : node.right;
  }
  return ~at;
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const Forest forest = forest_of(node);
  const auto features = static_cast<size_t>(forest.features);
  const auto outputs = static_cast<size_t>(forest.outputs);
  for (size_t r = 0; r < static_cast<size_t>(forest.rows); ++r) {
    const auto row = buffers.in<float>(0).subspan(r * features, features);
    const auto out = buffers.out<float>().subspan(r * outputs, outputs);
    std::ranges::copy(forest.base, out.begin());
    for (size_t t = 0; t < forest.tree_count(); ++t) {
      const auto leaf = forest.leaf(leaf_of(forest, forest.root(t), row));
      for (size_t k = 0; k < leaf.size(); ++k)
        out[static_cast<size_t>(forest.column(t)) + k] += leaf[k];
    }
  }
}

/// The heap is faster, and larger where trees are not perfect; up to twice the bytes it is taken.
bool takes_heap(const Forest& forest, const Columns& columns, Optimize optimize) {
  const int64_t heap = heap_bytes(forest, columns), linked = linked_bytes(forest);
  return heap <= (optimize == Optimize::size ? linked : 2 * linked);
}

/// C has no empty arrays: trees that are leaves alone have no nodes and no keys.
template <class T>
Constant array(std::string name, Dtype dtype, std::vector<T> values, bool is_weight) {
  if (values.empty()) values.push_back(0);
  return make_constant(std::move(name), dtype, values, is_weight);
}

/// What all three kernels begin with: features become ranks.
KernelCall ranking_call(const NodeView& node, const Columns& columns) {
  KernelCall call;
  call.inputs = {0};
  call.takes_scratch = true;
  call.scratch_bytes = static_cast<int64_t>(columns.parts.size() + 3) / 4 * 4;
  call.constants = {array("ranked", Dtype::s32, columns.ranked, false),
                    array("parts", Dtype::s32, columns.parts, false),
                    array("keys", Dtype::s32, columns.keys, true),
                    {"base", Dtype::f32, {}, node.input(4).data, true}};
  call.params = {{"ranked_features", std::string("ranked")},
                 {"parts", std::string("parts")},
                 {"keys", std::string("keys")},
                 {"base", std::string("base")}};
  return call;
}

KernelCall lower_as_code(const NodeView& node, const Forest& forest, const Columns& columns) {
  KernelCall call = ranking_call(node, columns);
  call.kernel = "tree_code_f32";
  call.params.insert(call.params.begin(),
                     {{"rows", forest.rows},
                      {"features", forest.features},
                      {"ranked", static_cast<int64_t>(columns.ranked.size() / 3)},
                      {"outputs", forest.outputs}});
  call.params.push_back({"trees", std::string("trees")});  // made_code.h
  return call;
}

KernelCall lower_as_thumb(const NodeView& node, const Forest& forest, const Columns& columns) {
  const Searches searches = searches_of(columns);
  KernelCall call;
  call.kernel = "tree_thumb_f32";
  call.inputs = {0};
  call.takes_scratch = true;
  call.scratch_bytes = static_cast<int64_t>(columns.parts.size() + 3) / 4 * 4;
  call.constants = {array("search", Dtype::s32, searches.search, false),
                    array("bounds", Dtype::f32, searches.bounds, false),
                    array("nan", Dtype::s32, searches.nan, false),
                    array("keys", Dtype::s32, searches.keys, true),
                    array("first", Dtype::u16, searches.first, true),
                    {"base", Dtype::f32, {}, node.input(4).data, true}};
  call.params = {{"rows", forest.rows},
                 {"features", forest.features},
                 {"searches", static_cast<int64_t>(searches.search.size() / 2)},
                 {"outputs", forest.outputs},
                 {"search", std::string("search")},
                 {"bounds", std::string("bounds")},
                 {"nan", std::string("nan")},
                 {"keys", std::string("keys")},
                 {"first", std::string("first")},
                 {"base", std::string("base")},
                 {"trees", std::string("trees")}};  // made_code.h
  return call;
}

KernelCall lower(const NodeView& node, const LowerOptions& options) {
  const Forest forest = forest_of(node);
  const RankedForest ranked = rank(forest);
  const Columns& columns = ranked.columns;
  if (options.optimize == Optimize::speed && options.isa.dsp &&
      not_as_thumb(forest, columns).empty())
    return lower_as_thumb(node, forest, columns);
  if (options.optimize == Optimize::speed && not_as_code(forest).empty())
    return lower_as_code(node, forest, columns);
  KernelCall call = ranking_call(node, columns);
  call.params.insert(call.params.begin(),
                     {{"rows", forest.rows},
                      {"features", forest.features},
                      {"ranked", static_cast<int64_t>(columns.ranked.size() / 3)},
                      {"trees", static_cast<int64_t>(forest.tree_count())},
                      {"leaf_width", forest.leaf_width},
                      {"outputs", forest.outputs}});
  call.params.insert(call.params.end(),
                     {{"node", std::string("nodes")}, {"leaf", std::string("leaves")}});
  if (takes_heap(forest, columns, options.optimize)) {
    const HeapForest made = heap_layout(forest, ranked);
    call.kernel = "tree_heap_f32";
    call.constants.push_back(array("nodes", Dtype::u16, made.nodes, true));
    call.constants.push_back(array("leaves", Dtype::f32, made.leaves, true));
    return call;
  }
  const LinkedForest made = linked_layout(forest, ranked);
  call.kernel = "tree_linked_f32";
  call.params.push_back({"tree", std::string("trees")});
  call.constants.push_back(array("nodes", Dtype::u16, made.nodes, true));
  call.constants.push_back({"leaves", Dtype::f32, {}, node.input(2).data, true});
  call.constants.push_back(array("trees", Dtype::s32, made.trees, false));
  return call;
}

}  // namespace

extern const OpDef tree_ensemble_op = {
    .name = "tree_ensemble",
    .summary = "sums of the leaves that each tree leads to",
    .types = "f32",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
