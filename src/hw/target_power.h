// A target's file with the current that was measured on the user's own board, and without any.
#pragma once

#include <cstdint>
#include <string>

#include "hw/target.h"
#include "util/result.h"

namespace assay {

/// Power of a part while it works, at the target's clock.
struct MeasuredPower {
  double voltage_v = 0;
  double watts = 0, least_w = 0, most_w = 0;  ///< mean and extremes over the windows
  std::string file;                           ///< the trace, without its folder
  int64_t windows = 0;
};

/// The target's text under another name, its run currents at that clock replaced by the measured
/// one. Errors: usage (the name), input (the file has become none).
Result<std::string> with_measured_power(const Target& target, const std::string& name,
                                        const MeasuredPower& measured);

/// The target's text without what it draws: all that time and sizes depend on. What keys costs, so
/// that a current from a data sheet does not make a benchmark stale.
std::string text_without_currents(const Target& target);

}  // namespace assay
