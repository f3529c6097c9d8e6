// The longest way of one row through all trees: branch and bound over their leaves.
//
// A leaf confines each feature to an interval (above, up to]; leaves of several trees can be
// reached by one row if their intervals meet. Trees are taken in their order, their deepest leaves
// first; what is left can take no more than each tree's deepest leaf that still meets the
// intervals. The first descent is greedy, so that there is a row even if the search ends early;
// the bound is then what the open branches could have reached.
// Not handled: NaN, which may lead to leaves that no number leads to.
#include "ops/tree_paths.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay {
namespace {

struct Interval {
  float above = -std::numeric_limits<float>::infinity();
  float up_to = std::numeric_limits<float>::infinity();
};

using Box = std::vector<Interval>;

struct Reached {
  int64_t decisions = 0;
  Box box;
};

/// The intervals if x <= threshold (or not); false if no number is left.
bool confine(Interval& interval, float threshold, bool left) {
  if (left)
    interval.up_to = std::min(interval.up_to, threshold);
  else
    interval.above = std::max(interval.above, threshold);
  return interval.above < interval.up_to;
}

/// Decisions to the deepest leaf of a subtree that meets the box.
int64_t deepest(const Forest& forest, int32_t at, Box& box) {
  if (at < 0) return 0;
  const TreeNode node = forest.node(static_cast<size_t>(at));
  Interval& interval = box[static_cast<size_t>(node.feature)];
  int64_t most = 0;
  for (const bool left : {true, false}) {
    const Interval before = interval;
    if (confine(interval, node.threshold, left))
      most = std::max(most, 1 + deepest(forest, left ? node.left : node.right, box));
    interval = before;
  }
  return most;
}

void add_leaves(const Forest& forest, int32_t at, int64_t decisions, Box& box,
                std::vector<Reached>& leaves) {
  if (at < 0) return leaves.push_back({decisions, box});
  const TreeNode node = forest.node(static_cast<size_t>(at));
  Interval& interval = box[static_cast<size_t>(node.feature)];
  for (const bool left : {true, false}) {
    const Interval before = interval;
    if (confine(interval, node.threshold, left))
      add_leaves(forest, left ? node.left : node.right, decisions + 1, box, leaves);
    interval = before;
  }
}

struct Search {
  const Forest& forest;
  int64_t steps;
  LongestPath best;
  int64_t open = 0;  ///< the most that a branch could reach which was not searched
  Box box;           ///< of the best; empty until there is one

  /// What the trees from `tree` on can add at most within a box.
  int64_t rest(size_t tree, Box& within) const {
    int64_t sum = 0;
    for (; tree < forest.tree_count(); ++tree) sum += deepest(forest, forest.root(tree), within);
    return sum;
  }

  void visit(size_t tree, int64_t decisions, Box within) {
    if (tree == forest.tree_count()) {
      best.decisions = decisions;  // more than before, or it would have been passed over
      box = std::move(within);
      return;
    }
    std::vector<Reached> leaves;
    add_leaves(forest, forest.root(tree), 0, within, leaves);
    std::ranges::stable_sort(leaves, std::greater{}, &Reached::decisions);
    for (Reached& leaf : leaves) {
      if (!box.empty()) {
        if (steps-- <= 0) {
          open = std::max(open, decisions + rest(tree, within));
          return;
        }
        if (decisions + leaf.decisions + rest(tree + 1, leaf.box) <= best.decisions) continue;
      }
      visit(tree + 1, decisions + leaf.decisions, std::move(leaf.box));
    }
  }
};

float value_in(const Interval& interval) {
  if (std::isfinite(interval.up_to)) return interval.up_to;
  if (std::isfinite(interval.above)) return std::nextafter(interval.above, interval.up_to);
  return 0;
}

}  // namespace

LongestPath longest_path(const Forest& forest, int64_t steps) {
  Search search{forest, steps, {}, 0, {}};
  search.visit(0, 0, Box(static_cast<size_t>(forest.features)));
  search.best.bound = std::max(search.best.decisions, search.open);
  for (const Interval& interval : search.box) search.best.row.push_back(value_in(interval));
  return std::move(search.best);
}

}  // namespace assay
