// A power trace beside the record of the same model: rows for `assay report`.
//
// The trace's lows and highs are joined to at most kMostRows stretches, so that a report of several
// records stays small; a stretch belongs to the first window that it touches.
#include <algorithm>

#include "cli/energy_page.h"

namespace assay {
namespace {

constexpr size_t kMostRows = 600;

Figure spread_figure(const WindowSpread& spread, double factor = 1) {
  return Figure::measured(spread.mean * factor, spread.least * factor, spread.most * factor);
}

/// A sample's power, or a mean: without a spread of its own.
Figure plain_figure(double value) { return Figure::measured(value, value, value); }

int64_t window_at(const std::vector<PowerWindow>& windows, double begin_s, double end_s) {
  for (size_t i = 0; i < windows.size(); ++i)
    if (windows[i].start_s < end_s && begin_s < windows[i].end_s)
      return static_cast<int64_t>(i) + 1;
  return 0;
}

std::vector<PowerRecord> stretches(const PowerFacts& facts) {
  const PowerSeries& series = facts.series;
  const size_t n = series.time_s.size();
  const size_t step = std::max<size_t>(1, (n + kMostRows - 1) / kMostRows);
  std::vector<PowerRecord> rows;
  for (size_t from = 0; from < n; from += step) {
    double least = series.least_w[from], most = series.most_w[from];
    const size_t to = std::min(n, from + step);
    for (size_t i = from; i < to; ++i) {
      least = std::min(least, series.least_w[i]);
      most = std::max(most, series.most_w[i]);
    }
    const double end_s = to < n ? series.time_s[to] : facts.trace.last_s;
    rows.push_back({.window = window_at(facts.windows, series.time_s[from], end_s),
                    .begins_us = plain_figure(series.time_s[from] * 1e6),
                    .least_uw = plain_figure(least * 1e6),
                    .most_uw = plain_figure(most * 1e6)});
  }
  return rows;
}

}  // namespace

Record measured_record(const EnergyResult& result) {
  const PowerSummary& s = result.summary;
  Record record = *result.record;
  record.measured = {
      {.trace = result.file,
       .windows_by = result.windows_by + (result.subtract_idle ? "; idle subtracted" : ""),
       .windows = static_cast<int64_t>(result.facts.windows.size()),
       .inferences = s.inferences,
       .energy_uj = spread_figure(s.energy_uj),
       .latency_us = spread_figure(s.time_us),
       .active_uw = Figure::measured(s.active_w * 1e6, s.power_w.least * 1e6, s.power_w.most * 1e6),
       .idle_uw = result.facts.idle_s > 0 ? plain_figure(s.idle_w * 1e6)
                                          : Figure::none("nothing outside of the windows")}};
  record.power = stretches(result.facts);
  return record;
}

}  // namespace assay
