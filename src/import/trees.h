// What importers of trees share: any split of any format becomes nodes `x <= threshold`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "import/importer.h"

namespace assay {

/// One decision of a foreign tree on one feature. The bounds b0 < b1 < ... cut the numbers into
/// intervals x <= b0, b0 < x <= b1, ..., x > b_last, which go left and right in turn.
struct Split {
  int64_t feature = 0;
  std::vector<float> bounds;
  bool first_left = true;
  bool nan_left = false;
  int64_t left = 0, right = 0;  ///< foreign nodes
};

/// What stands at a place of a foreign tree.
struct ForeignNode {
  bool is_leaf = false;
  Split split;               ///< if it is none
  std::vector<float> value;  ///< of a leaf
};

/// The largest float that is <= value, or < value: for float32 x, x <= value and x < value say the
/// same of it. Not for NaN.
float float_at_most(double value);
float float_below(double value);

/// Bounds of the numbers that `truncated` reads as one of the categories (sorted): [c, c + 1), for
/// 0 also what lies between -1 and 0 if `zero_reaches_down`. They start with an interval outside.
std::vector<float> category_bounds(const std::vector<int64_t>& categories, bool zero_reaches_down);

/// A forest as it is put together, in the form of ops/tree_ensemble.cc.
struct Trees {
  std::string format;
  int64_t features = 0;
  int64_t leaf_width = 1;
  std::vector<float> base;  ///< one an output
  std::vector<int32_t> nodes, trees;
  std::vector<float> leaves;
};

/// Adds a tree of `count` foreign nodes that begins at `root`. Errors (input): a child out of
/// range, a node that is reached twice, a bound that is not a number, a leaf of another width.
Status add_tree(Trees& forest, int64_t root, int64_t count, int64_t first_output,
                const std::function<Result<ForeignNode>(int64_t)>& node);

/// A node behind the trees: "softmax"; the output's type and size if they change.
struct Link {
  std::string op;
  Attrs attrs = {};
};

/// Refuses (usage) what trees leave no room for: a shape, a signature.
Status check_tree_options(const ImportOptions& options);

/// features -> tree_ensemble -> links, for rows one at a time.
Result<Graph> tree_graph(Trees forest, std::vector<Link> links, std::vector<std::byte> file,
                         std::string name, std::vector<std::string> notes);

}  // namespace assay
