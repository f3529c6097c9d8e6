// Numbers with units. A table of units and one of prefixes; std::from_chars for the numbers.
//
// Case matters only for the prefix m: "mA" is milli, "MHz" mega. Loggers write the micro sign as
// u, U+00B5 or U+03BC. Not handled: compound units (mA*h), locales.
#include "util/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace assay {
namespace {

struct UnitWord {
  std::string_view word;  // lower case
  Dimension dimension;
  double scale;
  bool prefixes;
};

constexpr auto kUnits = std::to_array<UnitWord>({
    {"s", Dimension::seconds, 1, true},         {"sec", Dimension::seconds, 1, true},
    {"second", Dimension::seconds, 1, false},   {"seconds", Dimension::seconds, 1, false},
    {"min", Dimension::seconds, 60, false},     {"h", Dimension::seconds, 3600, false},
    {"hour", Dimension::seconds, 3600, false},  {"hours", Dimension::seconds, 3600, false},
    {"d", Dimension::seconds, 86400, false},    {"day", Dimension::seconds, 86400, false},
    {"days", Dimension::seconds, 86400, false}, {"a", Dimension::amperes, 1, true},
    {"amp", Dimension::amperes, 1, true},       {"amps", Dimension::amperes, 1, true},
    {"ampere", Dimension::amperes, 1, true},    {"amperes", Dimension::amperes, 1, true},
    {"v", Dimension::volts, 1, true},           {"volt", Dimension::volts, 1, true},
    {"volts", Dimension::volts, 1, true},       {"w", Dimension::watts, 1, true},
    {"watt", Dimension::watts, 1, true},        {"watts", Dimension::watts, 1, true},
    {"hz", Dimension::hertz, 1, true},          {"ah", Dimension::ampere_hours, 1, true},
});

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The prefix that `text` begins with and its length; no prefix: 1 and 0.
std::pair<double, size_t> prefix_of(std::string_view text) {
  if (text.starts_with("\xc2\xb5") || text.starts_with("\xce\xbc")) return {1e-6, 2};
  if (text.starts_with("milli")) return {1e-3, 5};
  if (text.starts_with("micro")) return {1e-6, 5};
  if (text.starts_with("nano")) return {1e-9, 4};
  if (text.empty()) return {1, 0};
  switch (text[0]) {
    case 'p':
      return {1e-12, 1};
    case 'n':
    case 'N':
      return {1e-9, 1};
    case 'u':
    case 'U':
      return {1e-6, 1};
    case 'm':
      return {1e-3, 1};
    case 'k':
    case 'K':
      return {1e3, 1};
    case 'M':
      return {1e6, 1};
    default:
      return {1, 0};
  }
}

}  // namespace

std::string_view symbol(Dimension dimension) {
  switch (dimension) {
    case Dimension::seconds:
      return "s";
    case Dimension::amperes:
      return "A";
    case Dimension::volts:
      return "V";
    case Dimension::watts:
      return "W";
    case Dimension::hertz:
      return "Hz";
    case Dimension::ampere_hours:
      return "Ah";
  }
  return "";
}

std::optional<UnitScale> find_unit(std::string_view text) {
  text = trimmed(text);
  const auto find = [](std::string_view word, bool prefixed) -> const UnitWord* {
    const std::string wanted = lower(word);
    const auto found = std::ranges::find(kUnits, wanted, &UnitWord::word);
    return found == kUnits.end() || (prefixed && !found->prefixes) ? nullptr : &*found;
  };
  if (const UnitWord* unit = find(text, false)) return UnitScale{unit->dimension, unit->scale};
  const auto [scale, length] = prefix_of(text);
  if (length == 0) return {};
  const UnitWord* unit = find(text.substr(length), true);
  if (unit == nullptr) return {};
  return UnitScale{unit->dimension, scale * unit->scale};
}

ReadNumber read_number(std::string_view text) {
  const size_t plus = text.starts_with('+') ? 1 : 0;
  const size_t digit = plus == 0 && text.starts_with('-') ? 1 : plus;
  if (digit >= text.size() || !((text[digit] >= '0' && text[digit] <= '9') || text[digit] == '.'))
    return {};
  ReadNumber number;
  const auto [end, error] =
      std::from_chars(text.data() + plus, text.data() + text.size(), number.value);
  if (error != std::errc() || !std::isfinite(number.value)) return {};
  number.length = static_cast<size_t>(end - text.data());
  return number;
}

Result<Quantity> read_quantity(std::string_view text) {
  const std::string_view whole = trimmed(text);
  const ReadNumber number = read_number(whole);
  if (number.length == 0) return fail(ErrorKind::usage, "'{}' does not begin with a number", text);
  const auto unit = find_unit(whole.substr(number.length));
  if (!unit)
    return fail(ErrorKind::usage, "'{}' has no unit of time, current, voltage, power or charge",
                text);
  return Quantity{number.value * unit->scale, unit->dimension};
}

Result<double> read_quantity(std::string_view text, Dimension wanted) {
  const std::string_view whole = trimmed(text);
  const ReadNumber number = read_number(whole);
  if (number.length > 0 && number.length == whole.size()) return number.value;
  const Quantity quantity = TRY(read_quantity(whole));
  if (quantity.dimension != wanted)
    return fail(ErrorKind::usage, "'{}' is in {}, need {}", text, symbol(quantity.dimension),
                symbol(wanted));
  return quantity.value;
}

}  // namespace assay
