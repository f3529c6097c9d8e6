// Two runs of the same timing model, subtracted cause by cause.
//
// An interval of each run's cycles would say too much: both runs err alike in what the change does
// not touch. So only what moved is given the model's interval: D cycles of the causes that shrank
// and I of those that grew make a change of I - D, between I*low - D*high and I*high - D*low.
// Not handled: a model that is wrong about one cause by more than about the sum.
#include "explain/gain.h"

#include <algorithm>
#include <cstdlib>

namespace assay {
namespace {

/// What no case of bench/whatif.py (docs/accuracy.md) was off by when run "as if", in per cent.
constexpr double kShortCutPercent = 1;

}  // namespace

Figure cycles_change(const Counts& before, const Counts& after, const CoreTiming& core,
                     bool short_cut) {
  if (before.cycles <= 0) return Figure::none("nothing took cycles before");
  double less = 0, more = 0;
  for (size_t i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<Cause>(i);
    const int64_t moved = after.causes[cause] - before.causes[cause];
    (moved < 0 ? less : more) += static_cast<double>(std::abs(moved)) / kTicksPerCycle;
  }
  const double percent = 100 / static_cast<double>(before.cycles);
  const double low = std::min(1.0, core.validation.low), high = std::max(1.0, core.validation.high);
  const double off =
      short_cut ? kShortCutPercent * static_cast<double>(after.cycles) * percent / 100 : 0;
  return Figure::modelled((more - less) * percent,
                          std::max(-100.0, (more * low - less * high) * percent - off),
                          (more * high - less * low) * percent + off);
}

Figure cycles_change(const Figure& before, const Figure& after) {
  if (!before || !after || before.number() <= 0 || before.low <= 0)
    return Figure::none("not both are known");
  return Figure::modelled(100 * (after.number() / before.number() - 1),
                          100 * (after.low / before.high - 1), 100 * (after.high / before.low - 1));
}

Figure latency_change(const Figure& cycles_change, int64_t clock_hz_before,
                      int64_t clock_hz_after) {
  if (!cycles_change) return cycles_change;
  const double slower = static_cast<double>(clock_hz_before) / static_cast<double>(clock_hz_after);
  const auto of_time = [&](double percent) { return (100 + percent) * slower - 100; };
  return Figure::modelled(of_time(cycles_change.number()), of_time(cycles_change.low),
                          of_time(cycles_change.high));
}

}  // namespace assay
