// Numbers for people. Exact values are in JSON and CSV.
#include "report/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "report/notes.h"
#include "util/text.h"

namespace assay {
namespace {

bool given(const Figure& figure) { return std::isfinite(figure.number()); }

int64_t whole(double value) {
  constexpr double kLargest = 9.0e18;  // what an int64_t holds
  return std::llround(std::clamp(value, -kLargest, kLargest));
}

std::string missing(const Figure& figure, const Notes& notes) {
  const std::string mark = notes.mark(figure);
  return mark.empty() ? "-" : "- " + mark;
}

struct Scale {
  double from, factor;  ///< values from `from` on, multiplied by `factor`
  const char* unit;
};
constexpr Scale kTime[] = {{999500, 1e-6, "s"}, {999.5, 1e-3, "ms"}, {0, 1, "us"}};
constexpr Scale kEnergy[] = {
    {999500, 1e-6, "J"}, {999.5, 1e-3, "mJ"}, {0.9995, 1, "uJ"}, {0, 1e3, "nJ"}};

constexpr Scale kPower[] = {
    {999500, 1e-6, "W"}, {999.5, 1e-3, "mW"}, {0.9995, 1, "uW"}, {0, 1e3, "nW"}};
constexpr Scale kLife[] = {{2 * 8766, 1.0 / 8766, "years"}, {100, 1.0 / 24, "days"}, {0, 1, "h"}};

template <size_t N>
const Scale& scale_of(const Scale (&scales)[N], double value) {
  const auto* found = std::ranges::find_if(scales, [&](const Scale& s) { return value >= s.from; });
  return found == std::end(scales) ? scales[N - 1] : *found;
}

std::string three_digits(double value) {
  if (value == 0) return "0";  // also -0
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

template <size_t N>
std::string scaled(const Figure& figure, const Scale (&scales)[N], const Notes& notes) {
  if (!given(figure)) return missing(figure, notes);
  const Scale& scale = scale_of(scales, figure.number());
  return three_digits(figure.number() * scale.factor) + " " + scale.unit;
}

template <size_t N>
std::string interval(const Figure& figure, const Scale (&scales)[N]) {
  if (!given(figure) || figure.how == How::exact) return "";
  const Scale& scale = scale_of(scales, figure.number());
  return fmt::format("({} .. {})", three_digits(figure.low * scale.factor),
                     three_digits(figure.high * scale.factor));
}

}  // namespace

std::string exact_text(const Figure& figure, const Notes& notes) {
  return given(figure) ? thousands(whole(figure.number())) : missing(figure, notes);
}

std::string bytes_text(const Figure& figure, const Notes& notes) {
  if (!given(figure)) return missing(figure, notes);
  const std::string off = spread(figure);
  return thousands(whole(figure.number())) + (off.empty() ? " B" : " B " + off);
}

std::string size_text(double bytes) { return bytes_text(whole(bytes)); }

std::string size_text(const Figure& figure, const Notes& notes) {
  return given(figure) ? size_text(figure.number()) : missing(figure, notes);
}

std::string short_text(const Figure& figure, const Notes& notes) {
  return given(figure) ? si(figure.number() + 0.0) : missing(figure, notes);
}

std::string clock_mhz(const Figure& figure) {
  if (!given(figure)) return "";
  return fmt::format("{}", std::round(figure.number() / 1e3) / 1e3 + 0.0);
}

std::string clock_text(const Figure& figure) {
  const std::string mhz = clock_mhz(figure);
  return mhz.empty() ? "" : mhz + " MHz";
}

std::string time_text(const Figure& us, const Notes& notes) { return scaled(us, kTime, notes); }
std::string energy_text(const Figure& uj, const Notes& notes) { return scaled(uj, kEnergy, notes); }
std::string time_interval(const Figure& us) { return interval(us, kTime); }
std::string energy_interval(const Figure& uj) { return interval(uj, kEnergy); }

std::string power_text(const Figure& uw, const Notes& notes) { return scaled(uw, kPower, notes); }

std::string power_interval(const Figure& uw) { return interval(uw, kPower); }

std::string life_text(const Figure& hours, const Notes& notes) {
  return scaled(hours, kLife, notes);
}

std::string life_interval(const Figure& hours) { return interval(hours, kLife); }

std::string cause_text(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string percent(double part, double whole) {
  if (!(whole > 0) || !std::isfinite(part)) return "";
  const double share = 100 * part / whole;
  if (share > 0 && share < 0.05) return "<0.1 %";
  return fmt::format("{:.{}f} %", share + 0.0, share < 9.95 ? 1 : 0);
}

std::string whole_percent(double part, double whole) {
  if (!(whole > 0) || !std::isfinite(part)) return "";
  const double share = 100 * part / whole;
  return share > 0 && share < 0.5 ? "<1 %" : fmt::format("{:.0f} %", share + 0.0);
}

std::string spread(const Figure& figure) {
  if (!given(figure) || figure.how == How::exact || !(figure.number() > 0)) return "";
  const double below = std::round(100 * (figure.low / figure.number() - 1)) + 0.0;
  const double above = std::round(100 * (figure.high / figure.number() - 1)) + 0.0;
  if (figure.low == figure.high) return "exact";
  if (below == 0 && above == 0) return "+-<1 %";
  if (below == -above) return fmt::format("+-{:.0f} %", above);
  const auto sign = [](double off) { return off == 0 ? "0" : fmt::format("{:+.0f}", off); };
  return fmt::format("{}..{} %", sign(below), sign(above));
}

std::string bar(double part, double whole, int width) {
  if (!(whole > 0) || !(part > 0)) return "";
  return std::string(static_cast<size_t>(std::lround(width * std::min(1.0, part / whole))), '#');
}

double memory_size(const Record& record, std::string_view kind) {
  double size = 0;
  for (const RegionRecord& region : record.regions)
    if (region.kind == kind) size += value_or_zero(region.size_bytes);
  return size;
}

double value_or_zero(const Figure& figure) { return given(figure) ? figure.number() : 0; }

}  // namespace assay
