// What bounds a layer beyond the causes of its cycles: memory that is short, requantisation.
#pragma once

#include "hw/target.h"
#include "ir/graph.h"
#include "record/record.h"

namespace assay {

inline constexpr std::string_view kMemoryCapacity = "memory capacity",
                                  kRequantisation = "requantisation";

/// Adds to `bound_by`: `requantisation` where bringing results back to few bits takes more than
/// anything else by the part's cost table (`predicted`; nothing without a table), and `memory
/// capacity` for the layers that need the most RAM where a RAM overflows or is 90 % full.
void add_bounds(Record& record, const Graph& graph, const Target& target);

/// "flash", "ram": the kinds of memory that the model does not fit into.
std::vector<std::string> overflowing(const Record& record);

}  // namespace assay
