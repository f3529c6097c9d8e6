// Windows of a power trace in one pass, with constant memory but for the windows themselves.
//
// Every sample counts for the time until the next one (rectangles), which is the rule of EEMBC's
// runner; the last one counts as long as the one before it. Windows come from given times, from a
// trigger, or from the power's own level with hysteresis. What is outside of windows is idle.
//
// The threshold "auto" is Otsu's (1979): the one that parts the histogram into two classes with the
// greatest variance between them; on logarithms, so that microamperes of sleep and milliamperes of
// work are apart by as much as they are to people. A window that the trace's beginning or end cuts
// off is neither work nor idle. Not handled: more than two levels.
#include "measure/power_windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/power_columns.h"
#include "util/json.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr size_t kMostWindows = 1'000'000;
constexpr int kSmallestExponent = -40;  // 2^-40 W: about a picowatt
constexpr double kGapTimes = 10;
constexpr double kNoEnd = std::numeric_limits<double>::infinity();

/// Lows and highs in buckets of equally many samples, which pair up when there are too many.
class SeriesFolder {
 public:
  void add(const PowerSample& sample) {
    if (in_bucket_ == 0) {
      series_.time_s.push_back(sample.time_s);
      series_.least_w.push_back(sample.watts);
      series_.most_w.push_back(sample.watts);
    }
    series_.least_w.back() = std::min(series_.least_w.back(), sample.watts);
    series_.most_w.back() = std::max(series_.most_w.back(), sample.watts);
    if (++in_bucket_ < per_bucket_) return;
    in_bucket_ = 0;
    if (series_.time_s.size() == PowerSeries::kMostPoints) fold();
  }
  PowerSeries take() { return std::move(series_); }

 private:
  void fold() {
    const size_t half = series_.time_s.size() / 2;
    for (size_t i = 0; i < half; ++i) {
      series_.time_s[i] = series_.time_s[2 * i];
      series_.least_w[i] = std::min(series_.least_w[2 * i], series_.least_w[2 * i + 1]);
      series_.most_w[i] = std::max(series_.most_w[2 * i], series_.most_w[2 * i + 1]);
    }
    for (auto* values : {&series_.time_s, &series_.least_w, &series_.most_w}) values->resize(half);
    per_bucket_ *= 2;
  }
  PowerSeries series_;
  int64_t in_bucket_ = 0, per_bucket_ = 1;
};

/// Energy of samples in a row.
struct Stretch {
  double start_s = 0, end_s = 0, joules = 0;
  int64_t samples = 0;
  void add(double start, double end, double watts) {
    if (samples++ == 0) start_s = start;
    end_s = end;
    joules += watts * (end - start);
  }
  void add(const Stretch& other) {
    if (samples == 0) start_s = other.start_s;
    end_s = other.end_s;
    joules += other.joules;
    samples += other.samples;
  }
};

/// Takes samples, makes windows.
class WindowFinder {
 public:
  explicit WindowFinder(const WindowRule& rule) : rule_(rule) {}

  void add(const PowerSample& sample) {
    series_.add(sample);
    if (samples_++ > 0) count(sample.time_s);
    before_ = sample;
  }

  /// After the last sample, which counts as long as the one before it.
  PowerFacts finish(double mean_interval_s) {
    if (samples_ > 0) count(before_.time_s + last_interval_s_);
    const bool to_the_end = rule_.kind == WindowRule::whole ||
                            (rule_.kind == WindowRule::given && next_ < rule_.times.size() &&
                             std::isfinite(rule_.times[next_].second));
    if (open_) {
      began_inside_ = began_inside_ || (!to_the_end && tail_.samples == 0);
      close();
    }
    facts_.idle_median_w = idle_powers_.median();
    facts_.gaps = 0;
    for (const double gap : gaps_) facts_.gaps += gap > kGapTimes * mean_interval_s ? 1 : 0;
    facts_.longest_gap_s = gaps_.empty() ? 0 : std::ranges::max(gaps_);
    facts_.series = series_.take();
    return std::move(facts_);
  }

  bool too_many() const { return facts_.windows.size() > kMostWindows; }

 private:
  /// Whether the sample before belongs to a window; the rule with its memory.
  bool inside() {
    const double t = before_.time_s;
    switch (rule_.kind) {
      case WindowRule::whole:
        return true;
      case WindowRule::marked:
        return before_.marked;
      case WindowRule::level:
        return before_.watts >= (high_ ? rule_.lower_w : rule_.upper_w);
      case WindowRule::given:
        while (next_ < rule_.times.size() && t >= rule_.times[next_].second) {
          if (open_) close();  // two windows may touch
          ++next_;
        }
        return next_ < rule_.times.size() && t >= rule_.times[next_].first;
    }
    return false;
  }

  void count(double until) {
    const double t = before_.time_s;
    const bool now = inside();
    if (first_) began_inside_ = now && rule_.kind != WindowRule::given;
    first_ = false;
    high_ = now;
    if (now) {
      if (!open_) {
        window_ = {};
        open_ = true;
      } else if (tail_.samples > 0) {
        window_.add(tail_);
        tail_ = {};
      }
      window_.add(t, until, before_.watts);
      note_gap(until - t);
    } else if (open_) {
      tail_.add(t, until, before_.watts);
      if (rule_.kind == WindowRule::given || until - tail_.start_s > rule_.bridge_s) close();
    } else {
      idle(t, until, before_.watts);
    }
    if (until > t) last_interval_s_ = until - t;
  }

  void close() {
    const bool cut = began_inside_ && rule_.kind != WindowRule::whole;
    if (cut) {
      ++facts_.cut;
      facts_.cut_s += window_.end_s - window_.start_s;
      facts_.cut_joules += window_.joules;
    } else if (window_.end_s - window_.start_s < rule_.shortest_s ||
               window_.samples < rule_.shortest_samples) {
      ++facts_.brief;
      idle(window_);
    } else if (!too_many()) {
      facts_.windows.push_back({window_.start_s, window_.end_s, window_.joules, window_.samples});
    }
    began_inside_ = false;
    if (tail_.samples > 0) idle(tail_);
    tail_ = {};
    open_ = false;
  }

  void idle(double start, double end, double watts) {
    facts_.idle_s += end - start;
    facts_.idle_joules += watts * (end - start);
    idle_powers_.add(watts, end - start);
  }
  void idle(const Stretch& stretch) {
    const double seconds = stretch.end_s - stretch.start_s;
    if (seconds > 0) idle(stretch.start_s, stretch.end_s, stretch.joules / seconds);
  }

  /// The longest intervals are the candidates for gaps; the mean one is known at the end only.
  void note_gap(double seconds) {
    constexpr size_t kMost = 1000;
    if (gaps_.size() < kMost) {
      if (seconds > 2 * last_interval_s_ && last_interval_s_ > 0) gaps_.push_back(seconds);
    } else if (auto least = std::ranges::min_element(gaps_); seconds > *least) {
      *least = seconds;
    }
  }

  const WindowRule& rule_;
  PowerFacts facts_;
  SeriesFolder series_;
  PowerHistogram idle_powers_;
  PowerSample before_;
  Stretch window_, tail_;  // tail: since the power fell, not yet known to be the end
  bool open_ = false, high_ = false, first_ = true, began_inside_ = false;
  size_t next_ = 0;
  int64_t samples_ = 0;
  double last_interval_s_ = 0;
  std::vector<double> gaps_;
};

Result<std::vector<std::pair<double, double>>> checked(
    std::vector<std::pair<double, double>> times) {
  if (times.empty()) return fail(ErrorKind::input, "holds no window");
  if (times.size() > kMostWindows) return fail(ErrorKind::input, "more than a million windows");
  for (size_t i = 0; i < times.size(); ++i) {
    if (!(times[i].first < times[i].second))
      return fail(ErrorKind::input, "window {}: its end {:g} s is not after its begin {:g} s",
                  i + 1, times[i].second, times[i].first);
    if (i > 0 && times[i].first < times[i - 1].second)
      return fail(ErrorKind::input, "window {} begins at {:g} s, before the one before it ends",
                  i + 1, times[i].first);
  }
  return times;
}

Result<std::vector<std::pair<double, double>>> json_times(std::string_view text) {
  const Json json = TRY(Json::parse(text));
  if (!json.is_array() || json.size() == 0)
    return fail(ErrorKind::input, "is no list of times in seconds");
  std::vector<std::pair<double, double>> times;
  if (json.at(size_t{0}).is_array()) {
    for (size_t i = 0; i < json.size(); ++i) {
      const Json pair = json.at(i);
      if (!pair.is_array() || pair.size() != 2 || !pair.at(size_t{0}).is_number() ||
          !pair.at(size_t{1}).is_number())
        return fail(ErrorKind::input, "entry {} is no pair of times", i + 1);
      times.emplace_back(pair.at(size_t{0}).number(), pair.at(size_t{1}).number());
    }
    return checked(std::move(times));
  }
  for (size_t i = 0; i < json.size(); ++i)
    if (!json.at(i).is_number())
      return fail(ErrorKind::input, "entry {} is no time in seconds", i + 1);
  // A last one without partner begins a window that was cut off; the runner leaves it out too.
  for (size_t i = 1; i + 1 < json.size(); i += 2)
    times.emplace_back(json.at(i).number(), json.at(i + 1).number());
  if (!times.empty() && json.size() % 2 == 0)
    times.emplace_back(json.at(json.size() - 1).number(), kNoEnd);
  return checked(std::move(times));
}

/// Given windows beyond the trace, and one without end.
Status hold_against(const WindowRule& rule, PowerTraceInfo& info, PowerFacts& facts) {
  const double interval = info.rate_hz > 0 ? 1 / info.rate_hz : 0;
  for (size_t i = 0; i < rule.times.size(); ++i) {
    const auto [begin, end] = rule.times[i];
    if (std::isinf(end)) {
      facts.cut = 0;
      info.notes.push_back(fmt::format(
          "the begin at {:g} s has no end (a list of times is the trace's start, begin, end, "
          "begin, end ...): from there on nothing counts, neither as a window nor as outside",
          begin));
    } else if (begin < info.first_s - 2 * interval || end > info.last_s + 2 * interval) {
      return fail(ErrorKind::input,
                  "window {} is from {:g} to {:g} s, the trace from {:g} to {:g} s: is it cut "
                  "off, or are the windows another trace's?",
                  i + 1, begin, end, info.first_s, info.last_s);
    }
  }
  return {};
}

}  // namespace

void PowerHistogram::add(double watts, double weight) {
  int bin = 0;
  if (watts > 0) {
    int exponent;
    const double mantissa = std::frexp(watts, &exponent);  // 0.5 .. 1
    bin = (exponent - kSmallestExponent) * kPerOctave +
          static_cast<int>((mantissa - 0.5) * 2 * kPerOctave);
  }
  weights_[static_cast<size_t>(std::clamp(bin, 0, kBins - 1))] += weight;
}

double PowerHistogram::value_of(int bin) {
  const double mantissa = 0.5 + (bin % kPerOctave + 0.5) / (2 * kPerOctave);
  return std::ldexp(mantissa, bin / kPerOctave + kSmallestExponent);
}

double PowerHistogram::median() const {
  double sum = 0;
  for (const double weight : weights_) sum += weight;
  double below = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    below += weights_[static_cast<size_t>(bin)];
    if (sum > 0 && below >= sum / 2) return bin > 0 ? value_of(bin) : 0;
  }
  return 0;
}

std::optional<PowerLevels> PowerHistogram::levels() const {
  // What is a millionth of the highest power is noise around nothing: all of that is one level.
  int highest = kBins - 1;
  while (highest > 0 && weights_[static_cast<size_t>(highest)] == 0) --highest;
  const int floor = std::max(0, highest - 20 * kPerOctave);
  double all = 0, all_moment = 0;
  const auto moment = [&](int bin) { return std::log2(value_of(std::max(bin, floor))); };
  for (int bin = 0; bin <= highest; ++bin) {
    all += weights_[static_cast<size_t>(bin)];
    all_moment += weights_[static_cast<size_t>(bin)] * moment(bin);
  }
  double below = 0, below_moment = 0, best = 0;
  PowerLevels levels;
  for (int bin = 0; bin < highest; ++bin) {
    below += weights_[static_cast<size_t>(bin)];
    below_moment += weights_[static_cast<size_t>(bin)] * moment(bin);
    const double above = all - below;
    if (below <= 0 || above <= 0 || bin < floor) continue;
    const double low = below_moment / below, high = (all_moment - below_moment) / above;
    const double between = below * above * (high - low) * (high - low);
    if (between <= best) continue;
    best = between;
    levels = {std::exp2(low), std::exp2(high), 0};
  }
  // Less than a tenth apart is one level with noise.
  if (best <= 0 || levels.high_w < 1.1 * levels.low_w) return {};
  levels.threshold_w = (levels.low_w + levels.high_w) / 2;
  return levels;
}

Result<PowerLevels> find_levels(const std::filesystem::path& file,
                                const PowerTraceOptions& options) {
  PowerHistogram histogram;
  const PowerTraceInfo info =
      TRY(read_power_trace(file, options, [&](std::span<const PowerSample> samples) {
        for (const PowerSample& sample : samples) histogram.add(sample.watts, 1);
      }));
  if (info.negative > info.samples / 2)
    return fail(ErrorKind::input,
                "{} of {} samples are negative: is the probe reversed? Its levels are not told",
                thousands(info.negative), thousands(info.samples));
  const auto levels = histogram.levels();
  if (!levels)
    return fail(ErrorKind::input,
                "the power has no two levels that tell work from rest: say --windows FILE, "
                "--trigger COLUMN or --threshold VALUE");
  return *levels;
}

Result<PowerFacts> read_windows(const std::filesystem::path& file, const PowerTraceOptions& options,
                                const WindowRule& rule) {
  WindowFinder finder(rule);
  PowerTraceInfo info =
      TRY(read_power_trace(file, options, [&](std::span<const PowerSample> samples) {
        for (const PowerSample& sample : samples) finder.add(sample);
      }));
  PowerFacts facts = finder.finish(info.rate_hz > 0 ? 1 / info.rate_hz : 0);
  if (finder.too_many())
    return fail(ErrorKind::input, "more than {} windows: raise --threshold or --min-window",
                thousands(kMostWindows));
  if (rule.kind == WindowRule::given) TRY_STATUS(hold_against(rule, info, facts));
  facts.trace = std::move(info);
  return facts;
}

Result<std::vector<std::pair<double, double>>> read_window_times(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '[') return json_times(text);
  std::vector<std::pair<double, double>> times;
  std::vector<std::string_view> fields;
  int64_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == line.npos || line[0] == '#') continue;
    double begin = 0, finish = 0;
    split_fields(line, delimiter_of(line), 256, fields);
    const bool begins = field_number(fields[0], begin);
    const bool ends = fields.size() > 1 && field_number(fields[1], finish);
    if (!begins && !ends && times.empty() && number == 1) continue;  // a header
    const auto empty = [](std::string_view field) { return field.empty(); };
    if (!begins || !ends || !std::all_of(fields.begin() + 2, fields.end(), empty))
      return fail(ErrorKind::input, "line {}: '{}' is not 'begin,end' in seconds", number,
                  line.substr(0, std::min<size_t>(line.find('\r'), 40)));
    times.emplace_back(begin, finish);
  }
  return checked(std::move(times));
}

}  // namespace assay
