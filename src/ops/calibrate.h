// Ranges of a float graph's tensors, read off what they hold when it runs.
#pragma once

#include <span>
#include <vector>

#include "ops/run.h"

namespace assay {

/// How much of what was seen a range keeps.
enum class Clip {
  minmax,      ///< all of it
  percentile,  ///< all but the outermost 0.01 % of values
  mse,         ///< what makes the mean squared error of int8 smallest
};

/// From `low` to `high`; empty where nothing finite was seen.
struct Range {
  float low = 0, high = 0;
  bool seen = false;

  void take(float x);
  void take(const Range& other);
};

struct Calibration {
  std::vector<Range> ranges;                ///< by TensorId; of f32 tensors, constants too
  std::vector<std::vector<Bytes>> outputs;  ///< of each inference, for comparison
};

/// Runs the graph on each of `inputs` (twice, unless `clip` is minmax). Errors: as run_reference;
/// `input` if an input holds what is not finite, or a tensor nothing that is.
Result<Calibration> calibrate(const Graph& graph, std::span<const std::vector<Bytes>> inputs,
                              Clip clip);

}  // namespace assay
