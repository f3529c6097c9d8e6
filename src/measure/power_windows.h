// Which stretches of a power trace are inferences, and what is used in and outside of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "measure/power_trace.h"
#include "util/result.h"

namespace assay {

struct PowerWindow {
  double start_s = 0, end_s = 0;  ///< of its first sample, of the sample after its last
  double joules = 0;
  int64_t samples = 0;
};

/// How windows are found.
struct WindowRule {
  enum Kind { given, marked, level, whole } kind = level;
  /// given: start and end, s, rising; the last one's end may be infinite: begun, but without end
  std::vector<std::pair<double, double>> times;
  double upper_w = 0, lower_w = 0;  ///< level: begins at or above the one, ends below the other
  double shortest_s = 0;            ///< marked, level: shorter ones are left out
  int64_t shortest_samples = 1;     ///< the same, in samples
  double bridge_s = 0;              ///< marked, level: interruptions up to this long are bridged
};

/// Lows and highs of the power over time, at most kMostPoints of them, for a drawing.
struct PowerSeries {
  static constexpr size_t kMostPoints = 2000;
  std::vector<double> time_s, least_w, most_w;
};

struct PowerFacts {
  PowerTraceInfo trace;
  std::vector<PowerWindow> windows;
  double idle_s = 0, idle_joules = 0;  ///< outside of all windows
  double idle_median_w = 0;            ///< to three digits
  double cut_s = 0, cut_joules = 0;    ///< of windows cut off, or without end: neither in nor out
  int64_t cut = 0;    ///< windows that the trace's beginning or end cuts off: left out
  int64_t brief = 0;  ///< shorter than the rule allows: left out, counted as outside
  int64_t gaps = 0;   ///< intervals inside windows of more than 10 times the mean one
  double longest_gap_s = 0;
  PowerSeries series;
};

/// Reads the trace once. A sample counts for the time until the next one, and belongs to a window
/// if start <= its time < end. Errors: those of the reader; input (a given window goes beyond the
/// trace, too many windows).
Result<PowerFacts> read_windows(const std::filesystem::path& file, const PowerTraceOptions& options,
                                const WindowRule& rule);

/// Two levels of power, and the threshold between them (Otsu's, on logarithms).
struct PowerLevels {
  double low_w = 0, high_w = 0, threshold_w = 0;
};
/// Error: input, where the trace has no two levels.
Result<PowerLevels> find_levels(const std::filesystem::path& file,
                                const PowerTraceOptions& options);

/// The windows of a file: energy-runner's timestamps ([start of the trace, begin, end, begin, end
/// ...] in s; the end of a last begin without one is infinite), JSON pairs [[begin, end], ...], or
/// lines "begin,end". Error: input.
Result<std::vector<std::pair<double, double>>> read_window_times(std::string_view text);

/// Powers by size, at most 0.1 % apart, for medians and levels: three digits of them are true.
class PowerHistogram {
 public:
  void add(double watts, double weight);
  double median() const;  ///< 0: nothing or less, or no values
  std::optional<PowerLevels> levels() const;

 private:
  static constexpr int kBins = 65536, kPerOctave = 1024;
  static double value_of(int bin);
  std::vector<double> weights_ = std::vector<double>(kBins);
};

}  // namespace assay
