// A forest as the tree kernels read it.
//
// Comparing x with a threshold needs only the threshold's place among all that its feature is
// compared with. So each feature is first ranked by binary search in its sorted thresholds, and the
// trees compare bytes: exact, without floating point, and a node takes two bytes where the trees
// are near perfect (the heap), eight where they are not (linked). Ranks that a byte does not hold
// continue in a further column.
//
// Does not handle: trees of more than 2^15 nodes or leaves, more than 2^16 columns.
// The idea of replacing thresholds by their ranks: Lucchese et al., "QuickScorer", SIGIR 2015,
// section 3, for sorted thresholds by feature; the layouts are plain.
#include "ops/tree_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

namespace assay {
namespace {

constexpr int kDeepestHeap = 12;
constexpr int64_t kMostByByte = 256, kMostInTree = 0x8000, kMostColumns = 0x10000;

/// One past the last node of each tree: trees stand one after the other.
std::vector<size_t> tree_ends(const Forest& forest) {
  std::vector<size_t> ends(forest.tree_count(), forest.node_count());
  size_t next = forest.node_count();
  for (size_t t = forest.tree_count(); t-- > 0;) {
    ends[t] = next;
    if (forest.root(t) >= 0) next = static_cast<size_t>(forest.root(t));
  }
  return ends;
}

/// Smallest and largest leaf of a tree.
std::pair<int32_t, int32_t> leaf_range(const Forest& forest, size_t tree, size_t end) {
  const int32_t root = forest.root(tree);
  if (root < 0) return {~root, ~root};
  std::pair<int32_t, int32_t> range = {std::numeric_limits<int32_t>::max(), 0};
  for (auto i = static_cast<size_t>(root); i < end; ++i)
    for (const int32_t child : {forest.node(i).left, forest.node(i).right})
      if (child < 0) range = {std::min(range.first, ~child), std::max(range.second, ~child)};
  return range;
}

}  // namespace

TreeNode Forest::node(size_t index) const {
  const auto at = nodes.subspan(index * kTreeNodeInts, kTreeNodeInts);
  return {at[0] >> 1, (at[0] & 1) != 0, std::bit_cast<float>(at[1]), at[2], at[3]};
}

Forest forest_of(const NodeView& node) {
  return {.nodes = node.input(1).values<int32_t>(),
          .trees = node.input(3).values<int32_t>(),
          .leaves = node.input(2).values<float>(),
          .base = node.input(4).values<float>(),
          .rows = node.input(0).shape[0],
          .features = node.input(0).shape[1],
          .leaf_width = node.input(2).shape[1],
          .outputs = node.input(4).shape[0]};
}

std::vector<int> tree_depths(const Forest& forest) {
  std::vector<int> depth(forest.node_count());
  const auto below = [&](int32_t child) {
    return child < 0 ? 0 : depth[static_cast<size_t>(child)];
  };
  for (size_t i = depth.size(); i-- > 0;) {
    const TreeNode node = forest.node(i);
    depth[i] = 1 + std::max(below(node.left), below(node.right));
  }
  std::vector<int> depths;
  for (size_t t = 0; t < forest.tree_count(); ++t) depths.push_back(below(forest.root(t)));
  return depths;
}

int32_t key_of(float value) {
  const auto bits = std::bit_cast<int32_t>(value);
  return bits ^ static_cast<int32_t>(static_cast<uint32_t>(bits >> 31) >> 1);
}

namespace {

using Keys = std::map<int32_t, std::vector<int32_t>>;  ///< of each feature, sorted

int32_t threshold_key(const TreeNode& node) {
  return key_of(node.threshold == 0 ? 0.0F : node.threshold);  // -0 is +0
}

Keys keys_of(const Forest& forest) {
  Keys keys;
  for (size_t i = 0; i < forest.node_count(); ++i) {
    const TreeNode node = forest.node(i);
    keys[node.feature].push_back(threshold_key(node));
  }
  for (auto& [feature, mine] : keys) {
    std::ranges::sort(mine);
    const auto rest = std::ranges::unique(mine);
    mine.erase(rest.begin(), rest.end());
  }
  return keys;
}

/// Nodes that NaN leaves to the left have places from `left` on, others up to `right`.
struct NanPlaces {
  int32_t left = std::numeric_limits<int32_t>::max();
  int32_t right = -1;

  bool is_one_rank() const { return right < left; }
};

/// NaN's rank for a node: where it can be, one for all nodes of a feature.
int32_t nan_rank(const NanPlaces& nan, const TreeNode& node) {
  if (nan.is_one_rank()) return nan.left;
  return node.nan_left ? 0 : std::numeric_limits<int32_t>::max();
}

}  // namespace

RankedForest rank(const Forest& forest) {
  const Keys keys = keys_of(forest);
  std::vector<int32_t> place;  // of each node's threshold among its feature's
  std::map<int32_t, NanPlaces> nan;
  for (size_t i = 0; i < forest.node_count(); ++i) {
    const TreeNode node = forest.node(i);
    const std::vector<int32_t>& mine = keys.at(node.feature);
    const auto found = std::ranges::lower_bound(mine, threshold_key(node));
    place.push_back(static_cast<int32_t>(found - mine.begin()));
    NanPlaces& places = nan[node.feature];
    if (node.nan_left)
      places.left = std::min(places.left, place.back());
    else
      places.right = std::max(places.right, place.back());
  }
  // Which columns are wanted: feature, NaN's rank, which 255 keys.
  std::map<std::tuple<int32_t, int32_t, int32_t>, int32_t> columns;
  const auto wanted_by = [&](size_t i) {
    const TreeNode node = forest.node(i);
    return std::tuple(node.feature, nan_rank(nan[node.feature], node), place[i] / Columns::kRanks);
  };
  for (size_t i = 0; i < forest.node_count(); ++i) columns[wanted_by(i)] = 0;
  RankedForest ranked;
  int32_t next = 0;
  for (auto& [wanted, column] : columns) {
    const auto& [feature, nans, part] = wanted;
    column = next++;
    ranked.columns.nans.push_back(nans);
    ranked.columns.parts.push_back(part << 8 |
                                   std::clamp(nans - part * Columns::kRanks, 0, Columns::kRanks));
  }
  for (size_t i = 0; i < forest.node_count(); ++i)
    ranked.nodes.push_back({columns.at(wanted_by(i)), place[i] % Columns::kRanks + 1});
  for (const auto& [feature, mine] : keys) {
    const auto count = std::ranges::count_if(
        columns, [f = feature](const auto& c) { return std::get<0>(c.first) == f; });
    ranked.columns.ranked.insert(ranked.columns.ranked.end(),
                                 {feature, static_cast<int32_t>(mine.size()),
                                  (static_cast<int32_t>(std::bit_width(mine.size())) - 1) << 24 |
                                      static_cast<int32_t>(count)});
    ranked.columns.keys.insert(ranked.columns.keys.end(), mine.begin(), mine.end());
    ranked.columns.largest_keys =
        std::max(ranked.columns.largest_keys, static_cast<int>(mine.size()));
  }
  return ranked;
}

int64_t heap_bytes(const Forest& forest, const Columns& columns) {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  if (static_cast<int64_t>(columns.parts.size()) > kMostByByte || forest.outputs > kMostByByte)
    return kNever;
  int64_t bytes = 0;
  for (const int depth : tree_depths(forest)) {
    if (depth > kDeepestHeap) return kNever;
    bytes += (int64_t{1} << depth) * (2 + 4 * forest.leaf_width);
  }
  return bytes;
}

HeapForest heap_layout(const Forest& forest, const RankedForest& ranked) {
  HeapForest heap;
  const std::vector<int> depths = tree_depths(forest);
  for (size_t t = 0; t < forest.tree_count(); ++t) {
    const size_t size = size_t{1} << depths[t];
    std::vector<int32_t> at(2 * size, 0);  // the child that stands in each place
    at[1] = forest.root(t);
    heap.nodes.push_back(static_cast<uint16_t>(depths[t] | forest.column(t) << 8));
    for (size_t i = 1; i < size; ++i) {
      if (at[i] < 0) {  // a leaf above the last level: both ways lead to it
        at[2 * i] = at[2 * i + 1] = at[i];
        heap.nodes.push_back(0);
        continue;
      }
      const TreeNode node = forest.node(static_cast<size_t>(at[i]));
      const RankedNode& mine = ranked.nodes[static_cast<size_t>(at[i])];
      at[2 * i] = node.left;
      at[2 * i + 1] = node.right;
      heap.nodes.push_back(static_cast<uint16_t>(mine.column | mine.rank << 8));
    }
    for (size_t i = size; i < 2 * size; ++i) {
      const std::span<const float> leaf = forest.leaf(~at[i]);
      heap.leaves.insert(heap.leaves.end(), leaf.begin(), leaf.end());
    }
  }
  return heap;
}

std::string not_linkable(const Forest& forest) {
  const std::vector<size_t> ends = tree_ends(forest);
  for (size_t t = 0; t < forest.tree_count(); ++t) {
    const auto [first, last] = leaf_range(forest, t, ends[t]);
    const int64_t nodes = forest.root(t) < 0 ? 0 : static_cast<int64_t>(ends[t]) - forest.root(t);
    if (nodes > kMostInTree || int64_t{last} - first >= kMostInTree)
      return fmt::format("tree {} has {} nodes, at most {} are supported; limit its depth", t,
                         nodes, kMostInTree);
  }
  if (forest.outputs > kMostInTree)
    return fmt::format("{} outputs, at most {} are supported", forest.outputs, kMostInTree);
  if (static_cast<int64_t>(forest.node_count()) <= kMostColumns) return {};
  const size_t columns = rank(forest).columns.parts.size();
  if (static_cast<int64_t>(columns) <= kMostColumns) return {};
  return fmt::format("{} distinct thresholds of {} features are too many; train with fewer bins",
                     columns, forest.features);
}

int64_t linked_bytes(const Forest& forest) {
  return static_cast<int64_t>(8 * forest.node_count() + 12 * forest.tree_count() +
                              4 * forest.leaves.size());
}

LinkedForest linked_layout(const Forest& forest, const RankedForest& ranked) {
  LinkedForest linked;
  const std::vector<size_t> ends = tree_ends(forest);
  for (size_t t = 0; t < forest.tree_count(); ++t) {
    const int32_t root = forest.root(t);
    const int32_t first_leaf = leaf_range(forest, t, ends[t]).first;
    const int32_t first_node = std::max(root, 0);
    const auto code = [&](int32_t child) {
      return child < 0 ? 0x8000 + (~child - first_leaf) : child - first_node;
    };
    linked.trees.insert(linked.trees.end(),
                        {first_node, first_leaf, forest.column(t) << 16 | code(root)});
    if (root < 0) continue;
    for (auto i = static_cast<size_t>(root); i < ends[t]; ++i) {
      const TreeNode node = forest.node(i);
      for (const int32_t value :
           {ranked.nodes[i].column, ranked.nodes[i].rank, code(node.left), code(node.right)})
        linked.nodes.push_back(static_cast<uint16_t>(value));
    }
  }
  return linked;
}

}  // namespace assay
