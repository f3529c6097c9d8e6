// Sentences about differences and budgets: what moved, what takes most, what cannot be compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compare/difference.h"
#include "compare/field.h"

namespace assay {

/// What is behind a figure that moved as `towards` says (up if positive): "arena +1 200 B (layer 7
/// conv_2d: output 25x5x76, was 25x5x64)". Only what moved the same way, most first; "" if nothing
/// says it.
std::string what_moved(const RecordDifference& difference, std::string_view field, double towards);

/// What a figure consists of, without anything to compare with: "weights 22 604 B, kernels 6 120
/// B".
std::string what_takes(const Record& record, std::string_view field, std::string_view row);

/// Where records were made differently, so that their counts may differ though the model does not:
/// "compiler gcc 12.2.1, was gcc 13.2.0".
std::vector<std::string> made_differently(const RecordDifference& difference);

/// "layer 7 conv_2d: output 25x5x76, was 25x5x64".
std::string shape_change(const LayerChange& layer);

/// "mac +30 000, load +5 000"; the first of them, at most `most`.
std::string first_of(const std::vector<FigureChange>& changes, size_t most);

}  // namespace assay
