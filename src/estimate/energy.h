// Energy of a stretch of running time from the part's run current.
#pragma once

#include <string>

#include "hw/target.h"
#include "record/figure.h"

namespace assay {

/// Power while running at the target's clock, in watts.
struct RunPower {
  double watts = 0, low = 0, high = 0;
  std::string basis;   ///< where it comes from; for the record
  std::string reason;  ///< why it is not known; then the rest is empty
};

RunPower run_power(const Target& target);

/// Power times latency, both intervals combined at their worst.
Figure energy_uj(const Figure& latency_us, const RunPower& power);

}  // namespace assay
