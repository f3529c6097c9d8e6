// A forest as Thumb-2 assembly, for Cortex-M with an FPU: what tree_code.h makes, laid out by hand.
#pragma once

#include <string>
#include <vector>

#include "ops/tree_layout.h"

namespace assay {

/// Why it is not to be assembly; "" if it may. It then may be code, too (tree_code.h).
std::string not_as_thumb(const Forest& forest, const Columns& columns);

/// A C function of (const uint8_t *column, float *out), @, whose body is assembly; it adds the
/// leaves which a row of ranks reaches, tree by tree.
std::string tree_thumb(const Forest& forest, const RankedForest& ranked);

/// What tree_thumb_f32 ranks features with: the search for a rank begins with the first key of the
/// value's bucket. Buckets are equally wide, the first and the last go on without end.
struct Searches {
  std::vector<int32_t> search;  ///< two a run of columns, as the kernel's header says
  std::vector<float> bounds;    ///< of each: where its buckets begin, buckets in 1
  std::vector<int32_t> nan;     ///< of each: NaN's rank
  std::vector<int32_t> keys;    ///< of each: its feature's, sorted, and then the largest number
  std::vector<uint16_t> first;  ///< of each: its buckets, how many keys lie in those before
};

Searches searches_of(const Columns& columns);

}  // namespace assay
