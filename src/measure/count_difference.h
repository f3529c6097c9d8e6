// A region's counts less another's, in parts: so that no part is less than nothing.
#pragma once

#include <vector>

#include "hw/counts.h"

namespace assay {

/// (minuend - subtrahend) / divisor, row by row: a row is a path or a block. Sums over all rows are
/// those of the plain difference, rounded, and so are a row's cycles and instructions, wherever
/// these are not negative; causes sum to the cycles, classes to the instructions.
std::vector<Counts> difference(std::vector<Counts> minuend, const std::vector<Counts>& subtrahend,
                               int64_t divisor);

}  // namespace assay
