// The model that another input size or other widths would make: same operators, other shapes.
#pragma once

#include <cstdint>

#include "ir/graph.h"
#include "util/result.h"

namespace assay {

struct Resize {
  int32_t side = 0;      ///< of the square input image; 0: as it is
  int32_t channels = 0;  ///< layers' output channels become the nearest multiple; 0: as they are
  double width = 0;      ///< layers' output channels become this share of theirs; 0: as they are

  bool any() const { return side > 0 || channels > 0 || width > 0; }
};

/// The side of the model's one square input image; 0 if it has none.
int32_t image_side(const Graph& graph);

/// Shapes follow the resize through every operator; windows that took their whole input (a global
/// pool) still do. Outputs keep their shape. Weights of other shapes are the old ones, repeated:
/// what it costs is that of a model trained anew, what it computes means nothing. Views into
/// `graph`, which has to live longer. Errors: usage (no smaller side), unsupported (nothing to
/// resize, no square image, a reshape or fully_connected that only takes the old size, state).
Result<Graph> resized(const Graph& graph, const Resize& resize);

}  // namespace assay
