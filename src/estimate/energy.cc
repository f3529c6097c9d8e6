// Energy from run current: E = I * V * t, with the current at the very clock that the target runs
// at; nothing is extrapolated to other clocks. Does not know of sleep, peripherals or causes.
#include "estimate/energy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay {

RunPower run_power(const Target& target) {
  std::vector<const RunCurrent*> rows;
  for (const RunCurrent& row : target.run_currents)
    if (std::abs(static_cast<double>(row.clock_hz - target.clock_hz)) <=
        0.01 * static_cast<double>(target.clock_hz))
      rows.push_back(&row);
  const std::string clock = fmt::format("{:g} MHz", static_cast<double>(target.clock_hz) / 1e6);
  if (rows.empty()) return {0, 0, 0, {}, "the target file has no run current at its clock"};
  // Rows at the board's own voltage, if there are any, rather than at another.
  const auto at_voltage = [&](const RunCurrent* row) {
    return std::abs(row->voltage_v - target.voltage_v) < 0.05;
  };
  if (std::ranges::any_of(rows, at_voltage))
    std::erase_if(rows, [&](const RunCurrent* row) { return !at_voltage(row); });
  std::vector<double> watts;
  watts.reserve(rows.size());
  for (const RunCurrent* row : rows) watts.push_back(row->current_ma * row->voltage_v / 1e3);
  std::ranges::sort(watts);
  const size_t half = watts.size() / 2;
  const double median = watts.size() % 2 == 1 ? watts[half] : (watts[half - 1] + watts[half]) / 2;
  RunPower power{median, watts.front(), watts.back(), {}, {}};
  std::vector<std::string> currents;
  currents.reserve(rows.size());
  for (const RunCurrent* row : rows)
    currents.push_back(fmt::format("{:g} mA at {:g} V", row->current_ma, row->voltage_v));
  power.basis = fmt::format("{}: {}", clock, fmt::join(currents, ", "));
  power.basis += rows.size() == 1 ? "; how far parts differ is not known"
                                  : " (middle, least, most; conditions in the target file)";
  return power;
}

Figure energy_uj(const Figure& latency_us, const RunPower& power) {
  if (!latency_us) return Figure::none(latency_us.reason);
  if (!power.reason.empty()) return Figure::none(power.reason);
  return Figure::modelled(latency_us.number() * power.watts, latency_us.low * power.low,
                          latency_us.high * power.high);
}

}  // namespace assay
