// The most decisions that one row of features can take in a forest.
#pragma once

#include <cstdint>
#include <vector>

#include "ops/tree_layout.h"

namespace assay {

struct LongestPath {
  int64_t decisions = 0;   ///< that `row` takes, over all trees
  int64_t bound = 0;       ///< no row takes more
  std::vector<float> row;  ///< without NaN
  bool is_exact() const { return decisions == bound; }
};

/// Weighs at most `steps` leaves after the first row; if that ends the search, the bound may be
/// more than any row takes. For forests that may be code (tree_code.h): others take too long.
LongestPath longest_path(const Forest& forest, int64_t steps = 4000);

}  // namespace assay
