// From windows of a power trace to energy per inference.
#pragma once

#include <string>
#include <vector>

#include "measure/power_windows.h"
#include "util/statistics.h"

namespace assay {

/// Of the windows, one value each.
struct WindowSpread {
  double mean = 0, sd = 0, p50 = 0, p95 = 0, least = 0, most = 0;
};

struct PowerSummary {
  int64_t inferences = 1;  ///< in each window
  WindowSpread energy_uj;  ///< per inference
  WindowSpread time_us;    ///< per inference
  WindowSpread power_w;    ///< of each window, idle included
  double average_w = 0;    ///< of the whole trace
  double active_w = 0;     ///< of all windows together
  double idle_w = 0;       ///< mean outside of the windows; 0 if there is nothing outside
  double edge_error = 0;   ///< of a window's energy, relative: a sample too many or too few
  std::vector<std::string> caveats;
};

/// Energy of the windows, shared among `inferences`; with `subtract_idle` less the mean idle power
/// for as long as the window lasts. Needs at least one window.
PowerSummary summarise(const PowerFacts& facts, int64_t inferences, bool subtract_idle);

/// Outside of the windows the part draws as much as inside: nothing to subtract.
bool not_idle(const PowerFacts& facts, const PowerSummary& summary);

}  // namespace assay
