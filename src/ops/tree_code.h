// A forest as nested comparisons in C, for those who want speed and have flash.
#pragma once

#include <string>

#include "ops/tree_layout.h"

namespace assay {

/// Why it is not to be code; "" if it may.
std::string not_as_code(const Forest& forest);

/// C functions of (const uint8_t *column, float *out) that add the leaves which a row of ranks
/// reaches, tree by tree; @ is the one to call (made_code.h).
std::string tree_code(const Forest& forest, const RankedForest& ranked);

}  // namespace assay
