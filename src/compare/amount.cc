// Amounts as people write them: one table of units a kind.
//
// Does not handle: sums ("1 s 200 ms"), fractions, locales.
#include "compare/amount.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace assay {
namespace {

struct Word {
  std::string_view name;
  double factor;
};
constexpr double kKi = 1024, kMi = kKi * 1024, kGi = kMi * 1024;
constexpr Word kBytes[] = {{"B", 1},    {"KiB", kKi}, {"KB", kKi}, {"MiB", kMi},
                           {"MB", kMi}, {"GiB", kGi}, {"GB", kGi}};
constexpr Word kTimes[] = {{"ns", 1e-3}, {"us", 1}, {"µs", 1}, {"ms", 1e3}, {"s", 1e6}};
constexpr Word kEnergies[] = {{"nJ", 1e-3}, {"uJ", 1}, {"µJ", 1}, {"mJ", 1e3}, {"J", 1e6}};
constexpr Word kClocks[] = {{"Hz", 1}, {"kHz", 1e3}, {"MHz", 1e6}, {"GHz", 1e9}};
constexpr Word kCounts[] = {{"k", 1e3}, {"M", 1e6}, {"G", 1e9}};
constexpr Word kVolts[] = {{"mV", 1e-3}, {"V", 1}};

std::span<const Word> words_of(Unit unit) {
  switch (unit) {
    case Unit::bytes:
      return kBytes;
    case Unit::microseconds:
      return kTimes;
    case Unit::microjoules:
      return kEnergies;
    case Unit::hertz:
      return kClocks;
    case Unit::volts:
      return kVolts;
    case Unit::count:
    case Unit::instructions:
    case Unit::cycles:
    case Unit::per_second:
      return kCounts;
    default:
      return {};
  }
}

/// Splits "41 312 B" into "41312" and "B".
std::pair<std::string, std::string_view> split(std::string_view text) {
  std::string digits;
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if ((c >= '0' && c <= '9') || c == '.' || c == '-')
      digits += c;
    else if (c != ' ' && c != '_')
      break;
  }
  std::string_view unit = text.substr(at);
  while (unit.ends_with(' ')) unit.remove_suffix(1);
  return {digits, unit};
}

std::string known(Unit unit) {
  std::vector<std::string_view> names;
  for (const Word& word : words_of(unit)) names.push_back(word.name);
  names.push_back("%");
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Result<Amount> parse_amount(std::string_view text, Unit unit) {
  const auto [digits, word] = split(text);
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number) || number < 0)
    return fail(ErrorKind::input, "'{}' is no amount: need a number and a unit ({})", text,
                known(unit));
  if (word.empty()) return Amount{number, unit == Unit::percent};
  if (word == "%") return Amount{number, true};
  if (word == "kB" && unit == Unit::bytes)
    return fail(ErrorKind::input, "'{}': kB is 1000 to some and 1024 to others; write KiB or B",
                text);
  for (const Word& each : words_of(unit))
    if (word == each.name) return Amount{number * each.factor, false};
  return fail(ErrorKind::input, "'{}': no unit '{}' here; there are: {}", text, word, known(unit));
}

}  // namespace assay
