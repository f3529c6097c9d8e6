// Spread over windows, powers, and what a reader must know before using them.
//
// The windows are the sample: how far they differ is what is reported. Systematic errors of the
// meter (range switching, offset, its own sampling) are not known here. Not handled: windows that
// hold different numbers of inferences.
#include "measure/power_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "util/text.h"

namespace assay {
namespace {

WindowSpread window_spread(const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  return {spread.mean, spread.sd, quantile_of(values, 0.5), spread.p95, spread.least, spread.most};
}

void add_caveats(const PowerFacts& facts, PowerSummary& summary, bool subtract_idle) {
  constexpr double kEdgeWorthSaying = 0.01, kOddWindows = 0.2, kOddIdle = 1.1;
  std::vector<std::string>& caveats = summary.caveats;
  caveats = facts.trace.notes;
  if (summary.edge_error > kEdgeWorthSaying)
    caveats.push_back(fmt::format(
        "the sampling rate is low for the windows: a sample too many or too few is {:.1f} % of "
        "the energy of the shortest",
        100 * summary.edge_error));
  if (facts.gaps > 0)
    caveats.push_back(fmt::format(
        "{} intervals inside windows are more than 10 times the mean one (the longest {:.3g} ms): "
        "the power before counts all the while",
        facts.gaps, facts.longest_gap_s * 1e3));
  if (facts.cut > 0)
    caveats.push_back(fmt::format(
        "{} {} cut off by the trace's beginning or end: left out, and no part of what is outside",
        facts.cut, facts.cut == 1 ? "window is" : "windows are"));
  if (facts.brief > 0)
    caveats.push_back(fmt::format("{} {} too short (--min-window): left out, counted as outside",
                                  thousands(facts.brief),
                                  facts.brief == 1 ? "window is" : "windows are"));
  if (facts.windows.size() < 3) caveats.push_back("fewer than 3 windows: the spread says little");
  if (summary.energy_uj.mean > 0 && summary.energy_uj.sd > kOddWindows * summary.energy_uj.mean)
    caveats.push_back(fmt::format(
        "the windows differ by {:.0f} % (one standard deviation): they may not all be the same "
        "work",
        100 * summary.energy_uj.sd / summary.energy_uj.mean));
  const double median = facts.idle_median_w;
  if (facts.idle_s > 0 && median > 0 &&
      (summary.idle_w > kOddIdle * median || median > kOddIdle * summary.idle_w))
    caveats.push_back(fmt::format(
        "outside of the windows the power is not one level: {:.4g} mW on average, median {:.3g} "
        "mW",
        summary.idle_w * 1e3, median * 1e3));
  if (not_idle(facts, summary))
    caveats.push_back(fmt::format(
        "outside of the windows the part draws more ({:.4g} mW) than inside ({:.4g} mW): it is not "
        "idle there, or the windows are not where the work is",
        summary.idle_w * 1e3, summary.active_w * 1e3));
  if (subtract_idle && facts.idle_s <= 0)
    caveats.push_back("nothing is outside of the windows: no idle power was subtracted");
}

}  // namespace

bool not_idle(const PowerFacts& facts, const PowerSummary& summary) {
  return facts.idle_s > 0 && summary.idle_w >= summary.active_w;
}

PowerSummary summarise(const PowerFacts& facts, int64_t inferences, bool subtract_idle) {
  PowerSummary summary;
  summary.inferences = inferences;
  summary.idle_w = facts.idle_s > 0 ? facts.idle_joules / facts.idle_s : 0;
  const auto n = static_cast<double>(inferences);
  std::vector<double> energies, times, powers;
  double joules = 0, seconds = 0;
  for (const PowerWindow& window : facts.windows) {
    const double lasts = window.end_s - window.start_s;
    const double kept = window.joules - (subtract_idle ? summary.idle_w * lasts : 0);
    energies.push_back(kept / n * 1e6);
    times.push_back(lasts / n * 1e6);
    powers.push_back(lasts > 0 ? window.joules / lasts : 0);
    joules += window.joules;
    seconds += lasts;
    if (window.samples > 0)
      summary.edge_error = std::max(summary.edge_error, 1 / static_cast<double>(window.samples));
  }
  summary.energy_uj = window_spread(energies);
  summary.time_us = window_spread(times);
  summary.power_w = window_spread(powers);
  summary.active_w = seconds > 0 ? joules / seconds : 0;
  const double whole = seconds + facts.idle_s + facts.cut_s;
  summary.average_w = whole > 0 ? (joules + facts.idle_joules + facts.cut_joules) / whole : 0;
  add_caveats(facts, summary, subtract_idle);
  return summary;
}

}  // namespace assay
