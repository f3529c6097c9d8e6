// The fields of a logged line: where they part, and what number or time one holds.
//
// Decimal commas, quotes, ISO 8601 and the dates of spreadsheets (1.5.2024, 5/1/2024) are read;
// thousands separators are not: "1,234" is 1.234 in half of the world. Which of 5/1 is the month
// cannot be told: the first, as in the USA, which matters only where a trace runs past midnight.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "measure/power_columns.h"
#include "util/quantity.h"

namespace assay {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

bool take_digits(std::string_view& field, size_t digits, int& value) {
  if (field.size() < digits) return false;
  const auto [end, error] = std::from_chars(field.data(), field.data() + digits, value);
  if (error != std::errc() || end != field.data() + digits || value < 0) return false;
  field.remove_prefix(digits);
  return true;
}

bool take_mark(std::string_view& field, std::string_view any) {
  if (field.empty() || any.find(field[0]) == any.npos) return false;
  field.remove_prefix(1);
  return true;
}

/// One or two digits.
bool take_day(std::string_view& field, int& value) {
  const bool two = field.size() > 1 && std::isdigit(static_cast<unsigned char>(field[1]));
  return take_digits(field, two ? 2 : 1, value);
}

/// A date before the time of day, if there is one, as seconds since 1970. False: a bad one.
bool take_date(std::string_view& field, double& seconds) {
  const size_t mark = field.find_first_of("-/.:");
  if (mark == field.npos || field[mark] == ':' || field.size() < 11) return true;
  int year = 0, month = 0, day = 0;
  if (mark == 4) {
    if (!take_digits(field, 4, year) || !take_mark(field, "-/.") || !take_day(field, month) ||
        !take_mark(field, "-/.") || !take_day(field, day))
      return false;
  } else {
    const bool day_first = field[mark] == '.';
    int& one = day_first ? day : month;
    int& other = day_first ? month : day;
    if (!take_day(field, one) || !take_mark(field, "-/.") || !take_day(field, other) ||
        !take_mark(field, "-/.") || !take_digits(field, 4, year))
      return false;
  }
  if (!take_mark(field, "T ") || month < 1 || month > 12 || day < 1 || day > 31) return false;
  // Days since 1970 of the Gregorian calendar (Howard Hinnant, chrono-compatible date algorithms).
  const int y = year - (month <= 2 ? 1 : 0), era = y / 400, of_era = y - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  seconds = (era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468) * 86400.0;
  return true;
}

}  // namespace

char delimiter_of(std::string_view line) {
  for (const char c : {';', '\t', ','})
    if (line.find(c) != line.npos) return c;
  return ' ';
}

void split_fields(std::string_view line, char delimiter, size_t most,
                  std::vector<std::string_view>& fields) {
  fields.clear();
  if (delimiter == ' ') {
    while (fields.size() < most) {
      line = trimmed(line);
      if (line.empty()) return;
      const size_t end = std::min(line.find_first_of(" \t"), line.size());
      fields.push_back(line.substr(0, end));
      line.remove_prefix(end);
    }
    return;
  }
  while (fields.size() < most) {
    size_t end;
    if (const size_t quote = line.find_first_not_of(' ');
        quote != line.npos && line[quote] == '"') {
      const size_t close = std::min(line.find('"', quote + 1), line.size());
      end = std::min(line.find(delimiter, close), line.size());
      fields.push_back(trimmed(line.substr(quote + 1, close - quote - 1)));
    } else {
      end = std::min(line.find(delimiter), line.size());
      fields.push_back(trimmed(line.substr(0, end)));
    }
    if (end == line.size()) return;
    line.remove_prefix(end + 1);
  }
}

bool field_number(std::string_view field, double& value) {
  const ReadNumber number = read_number(field);
  if (number.length > 0 && number.length == field.size()) {
    value = number.value;
    return true;
  }
  const size_t comma = field.find(',');
  if (comma == field.npos || field.size() > 64) return false;
  std::array<char, 64> point{};
  std::ranges::copy(field, point.begin());
  point[comma] = '.';
  const std::string_view text(point.data(), field.size());
  const ReadNumber again = read_number(text);
  value = again.value;
  return again.length > 0 && again.length == text.size();
}

bool is_no_value(std::string_view field) {
  if (!field.empty() && (field[0] == '-' || field[0] == '+')) field.remove_prefix(1);
  const auto same = [&](std::string_view word) {
    return std::ranges::equal(field, word, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  };
  return field.empty() || same("nan") || same("inf") || same("ol");
}

bool field_clock(std::string_view field, double& seconds) {
  seconds = 0;
  if (!take_date(field, seconds)) return false;
  int first = 0, second = 0;
  if (!take_digits(field, 2, first) || !take_mark(field, ":")) return false;
  if (const size_t colon = field.find(':'); colon == 2) {
    if (!take_digits(field, 2, second) || !take_mark(field, ":")) return false;
  } else {
    second = first;  // minutes and seconds alone
    first = 0;
  }
  double rest = 0;
  if (field.ends_with('Z')) field.remove_suffix(1);
  // The zone is the same in every line: time counts from the first.
  if (const size_t zone = field.find_first_of("+-"); zone != field.npos)
    field = field.substr(0, zone);
  if (!field_number(field, rest) || rest < 0 || rest >= 61 || first > 23 || second > 59)
    return false;
  seconds += first * 3600.0 + second * 60.0 + rest;
  return true;
}

}  // namespace assay
