// Energy of a stretch of running time from the part's run current, and what a duty cycle makes of
// it.
#pragma once

#include <optional>
#include <string>

#include "hw/target.h"
#include "record/figure.h"
#include "record/record.h"

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

/// An inference every `period_s`; the part sleeps in between.
struct Duty {
  double period_s = 0;
  double battery_ah = 0, battery_v = 0;  ///< 0: no battery
  std::optional<double> sleep_a = {};    ///< instead of the target's, at its voltage
};

/// Average power and battery life with the inference of a record. What is not known (no energy, no
/// sleep current, a period shorter than the inference) is a figure with the reason.
DutyRecord duty_cycle(const Figure& latency_us, const Figure& energy_uj, const Target& target,
                      const Duty& duty);

}  // namespace assay
