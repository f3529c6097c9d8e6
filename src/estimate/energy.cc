// Energy from run current: E = I * V * t, with the current at the very clock that the target runs
// at; nothing is extrapolated to other clocks.
//
// How far that is off is data/power.toml: how far published builds of one part were from each
// other, or, where the current was measured on the board in question, how far one task was from
// another. A term for multiply-accumulates beside the cycles was tried and does not predict a
// submission that it has not seen any better (docs/accuracy.md, "Energy"), so that every cycle
// costs the same. Not handled: peripherals, the way into sleep and back, regulators outside the
// part.
#include "estimate/energy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "util/embedded.h"
#include "util/toml.h"

namespace assay {
namespace {

/// power / modelled power, of published runs.
struct PowerRatio {
  double low = 1, high = 1;
  int64_t rows = 0;
};

Result<PowerRatio> read_ratio(std::string_view key) {
  const EmbeddedFile* file = find_embedded("data/power.toml");
  assert(file != nullptr);
  const Toml toml = TRY(Toml::parse(file->text, file->path));
  const Toml table = TRY(toml.table(key));
  PowerRatio ratio;
  ratio.low = TRY(table.real("low"));
  ratio.high = TRY(table.real("high"));
  ratio.rows = TRY(table.integer("rows"));
  return ratio;
}

/// The file is part of the program: a test reads it.
PowerRatio ratio_of(std::string_view key) { return read_ratio(key).value_or(PowerRatio{0, 2, 0}); }

/// Those at the target's clock; at its voltage, if there are any, rather than at another.
std::vector<const RunCurrent*> rows_at_clock(const Target& target) {
  std::vector<const RunCurrent*> rows;
  for (const RunCurrent& row : target.run_currents)
    if (std::abs(static_cast<double>(row.clock_hz - target.clock_hz)) <=
        0.01 * static_cast<double>(target.clock_hz))
      rows.push_back(&row);
  const auto at_voltage = [&](const RunCurrent* row) {
    return std::abs(row->voltage_v - target.voltage_v) < 0.05;
  };
  if (std::ranges::any_of(rows, at_voltage))
    std::erase_if(rows, [&](const RunCurrent* row) { return !at_voltage(row); });
  return rows;
}

std::string basis_of(const std::vector<const RunCurrent*>& rows, const RunPower& power,
                     const std::string& clock, const PowerRatio& ratio, bool measured) {
  const RunCurrent& first = *rows.front();
  const bool one_voltage = std::ranges::all_of(
      rows, [&](const RunCurrent* row) { return row->voltage_v == first.voltage_v; });
  std::string text = one_voltage ? fmt::format("{}: {:.3g} mA at {:g} V", clock,
                                               power.watts / first.voltage_v * 1e3, first.voltage_v)
                                 : fmt::format("{}: {:.3g} mW", clock, power.watts * 1e3);
  if (rows.size() > 1) text += fmt::format(", the middle of {} sources", rows.size());
  text += fmt::format("; {} drew {:+.0f}..{:+.0f} % ({} published)",
                      measured ? "other models on one board" : "other builds",
                      (ratio.low - 1) * 100, (ratio.high - 1) * 100, ratio.rows);
  return text;
}

}  // namespace

RunPower run_power(const Target& target) {
  const std::vector<const RunCurrent*> rows = rows_at_clock(target);
  if (rows.empty()) return {0, 0, 0, {}, "the target file has no run current at its clock"};
  std::vector<double> watts, edges;
  bool measured = true;
  for (const RunCurrent* row : rows) {
    const double scale = row->voltage_v / 1e3;
    watts.push_back(row->current_ma * scale);
    measured &= row->most_ma > 0;
    for (const double ma : {row->current_ma, row->least_ma, row->most_ma})
      if (ma > 0) edges.push_back(ma * scale);
  }
  std::ranges::sort(watts);
  const size_t half = watts.size() / 2;
  RunPower power;
  power.watts = watts.size() % 2 == 1 ? watts[half] : (watts[half - 1] + watts[half]) / 2;
  const PowerRatio ratio = ratio_of(measured ? "other_work" : "other_build");
  power.low = std::min(std::ranges::min(edges), power.watts * ratio.low);
  power.high = std::max(std::ranges::max(edges), power.watts * ratio.high);
  const std::string clock = fmt::format("{:g} MHz", static_cast<double>(target.clock_hz) / 1e6);
  power.basis = basis_of(rows, power, clock, ratio, measured);
  return power;
}

Figure energy_uj(const Figure& latency_us, const RunPower& power) {
  if (!latency_us) return Figure::none(latency_us.reason);
  if (!power.reason.empty()) return Figure::none(power.reason);
  return Figure::modelled(latency_us.number() * power.watts, latency_us.low * power.low,
                          latency_us.high * power.high);
}

namespace {

/// The volts of a sleep current that the user gives: the target's own, as far as its file says.
double sleep_volts(const Target& target) {
  if (target.voltage_v > 0) return target.voltage_v;
  if (!target.sleep_currents.empty()) return target.sleep_currents.front().voltage_v;
  const std::vector<const RunCurrent*> rows = rows_at_clock(target);
  return rows.empty() ? 0 : rows.front()->voltage_v;
}

}  // namespace

DutyRecord duty_cycle(const Figure& latency_us, const Figure& energy_uj, const Target& target,
                      const Duty& duty) {
  DutyRecord row;
  const double period_us = duty.period_s * 1e6;
  row.period_us = Figure::exact(std::llround(period_us));
  const auto none = [&](const std::string& reason) {
    for (Figure* figure : {&row.inferences_power_uw, &row.average_power_uw, &row.battery_life_h})
      if (!*figure && figure->reason.empty()) *figure = Figure::none(reason);
    return row;
  };
  if (duty.battery_ah <= 0) row.battery_life_h = Figure::none("no battery was given: --battery");
  if (duty.battery_ah > 0)
    row.battery = fmt::format("{:g} mAh at {:g} V", duty.battery_ah * 1e3, duty.battery_v);
  if (!energy_uj) return none(energy_uj.reason);
  if (latency_us.number() > period_us)
    return none(
        fmt::format("an inference takes longer than the {:g} s between two", duty.period_s));
  const auto spread_over_period = [&](double uj) { return uj / duty.period_s; };  // uJ / s
  row.inferences_power_uw =
      Figure::modelled(spread_over_period(energy_uj.number()), spread_over_period(energy_uj.low),
                       spread_over_period(energy_uj.high));
  double sleep_w = 0;
  if (const double volts = sleep_volts(target); duty.sleep_a && volts > 0) {
    sleep_w = *duty.sleep_a * volts;
    row.basis = fmt::format("asleep: {:g} uA at {:g} V, as given", *duty.sleep_a * 1e6, volts);
  } else if (duty.sleep_a) {
    return none("the target file has no voltage for the sleep current");
  } else if (!target.sleep_currents.empty()) {
    const SleepCurrent& sleep = target.sleep_currents.front();
    sleep_w = sleep.current_ua * 1e-6 * sleep.voltage_v;
    row.basis = fmt::format("asleep: {:g} uA at {:g} V ({})", sleep.current_ua, sleep.voltage_v,
                            sleep.condition);
  } else {
    return none("the target file has no sleep current: say --sleep 5uA");
  }
  // Asleep for the rest of the period; the slowest inference leaves the least of it.
  const auto average = [&](double uj, double us) {
    return spread_over_period(uj) + sleep_w * 1e6 * std::max(0.0, 1 - us / period_us);
  };
  const double middle = average(energy_uj.number(), latency_us.number());
  const double low = average(energy_uj.low, latency_us.low);
  const double high = average(energy_uj.high, latency_us.high);
  row.average_power_uw = Figure::modelled(middle, std::min(low, middle), std::max(high, middle));
  if (duty.battery_ah <= 0) return row;
  const double uwh = duty.battery_ah * duty.battery_v * 1e6;
  row.battery_life_h = Figure::modelled(uwh / middle, uwh / row.average_power_uw.high,
                                        uwh / row.average_power_uw.low);
  return row;
}

}  // namespace assay
