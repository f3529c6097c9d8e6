// A forest as the tree kernels read it: thresholds replaced by ranks, trees by flat arrays.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace assay {

/// One decision of the tensor `nodes` (s32, four a node): x <= threshold goes left, NaN where it is
/// told. A child is a node behind this one, or, negative, ~leaf.
struct TreeNode {
  int32_t feature = 0;
  bool nan_left = false;
  float threshold = 0;
  int32_t left = 0, right = 0;
};

constexpr int kTreeNodeInts = 4, kTreeInts = 2;

/// The constants of a tree_ensemble node, as its infer has checked them.
struct Forest {
  std::span<const int32_t> nodes, trees;  ///< trees: root (or ~leaf), first output
  std::span<const float> leaves, base;
  int64_t rows = 0, features = 0, leaf_width = 1, outputs = 1;

  size_t node_count() const { return nodes.size() / kTreeNodeInts; }
  size_t tree_count() const { return trees.size() / kTreeInts; }
  TreeNode node(size_t index) const;
  int32_t root(size_t tree) const { return trees[tree * kTreeInts]; }
  int32_t column(size_t tree) const { return trees[tree * kTreeInts + 1]; }
  std::span<const float> leaf(int32_t index) const {
    return leaves.subspan(static_cast<size_t>(index) * static_cast<size_t>(leaf_width),
                          static_cast<size_t>(leaf_width));
  }
};

Forest forest_of(const NodeView& node);

/// Decisions on the longest path of each tree.
std::vector<int> tree_depths(const Forest& forest);

/// What each feature is turned into before the trees are walked. Its thresholds, sorted, are keys;
/// its rank is how many of them lie below it. A byte holds 255 ranks, so a feature gets a column
/// for every 255 keys: x <= threshold is then column < rank, for bytes. NaN has a rank where one
/// sends it all nodes' ways (LightGBM may take it for 0); else there is a column for either way.
struct Columns {
  static constexpr int kRanks = 255;
  std::vector<int32_t> keys;    ///< of all features, each one's sorted; order as floats' (key_of)
  std::vector<int32_t> ranked;  ///< a feature: its index, its keys, log2(keys) << 24 | columns
  std::vector<int32_t> parts;   ///< a column: which 255 keys << 8 | what NaN becomes
  std::vector<int32_t> nans;    ///< a column: NaN's rank; what it becomes is less 255 a part
  int largest_keys = 0;         ///< of one feature
};

/// A node by columns: goes right if column >= rank.
struct RankedNode {
  int32_t column = 0;
  int32_t rank = 0;  ///< 1 .. 255
};

struct RankedForest {
  Columns columns;
  std::vector<RankedNode> nodes;
};

/// An integer that orders as the float does, -0 just below +0. Not for NaN.
int32_t key_of(float value);

RankedForest rank(const Forest& forest);

/// Perfect trees of 16-bit nodes, children of i at 2i and 2i + 1, the root at 1. Element 0 has the
/// depth and, shifted by 8, the first output. Nodes that a tree lacks go right to the same leaves.
struct HeapForest {
  std::vector<uint16_t> nodes;  ///< column, rank << 8
  std::vector<float> leaves;    ///< 2^depth rows a tree
};

/// Bytes that it takes; the largest number if the trees are too deep for it or have more columns
/// or outputs than a byte counts.
int64_t heap_bytes(const Forest& forest, const Columns& columns);
HeapForest heap_layout(const Forest& forest, const RankedForest& ranked);

/// Nodes with both children, as they stand in the model.
struct LinkedForest {
  std::vector<uint16_t> nodes;  ///< column, rank, left, right; 0x8000 + leaf of the tree's leaves
  std::vector<int32_t> trees;  ///< first node, first leaf, first output << 16 | child to begin with
};

/// Why it cannot be laid out so; "" if it can.
std::string not_linkable(const Forest& forest);
int64_t linked_bytes(const Forest& forest);
LinkedForest linked_layout(const Forest& forest, const RankedForest& ranked);

}  // namespace assay
