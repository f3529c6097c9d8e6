// The arena over time, drawn with letters.
#pragma once

#include <string>

#include "estimate/plan.h"

namespace assay {

/// One line a step, the arena from left to right, a letter a buffer, '~' scratch, '.' free:
///
///     0 conv_2d             aaaabbbbbbbbbbbbbbbb........   8 490 B
///     1 depthwise_conv_2d   ccccccccccccbbbbbbbbbbbbbbbb  16 000 B  <- peak
std::string draw_arena(const Graph& graph, const MemoryPlan& plan, int width);

/// Who sets the peak: "step 1 (depthwise_conv_2d 'x') needs 16 000 B: 8 000 B of 'a', ..."
std::string describe_peak(const Graph& graph, const MemoryPlan& plan);

}  // namespace assay
