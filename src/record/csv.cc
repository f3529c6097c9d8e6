// CSV from `describe`: exact values, no thousands, a point for decimals.
//
// Which figures bring columns for their interval must not depend on luck: those in units that only
// a model gives always do, so that files of measurements can be put under each other.
// Source: RFC 4180; lines end in LF, which it permits readers to take and everybody writes.
#include "record/csv.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <set>
#include <vector>

namespace assay {
namespace {

constexpr std::string_view kReasonsColumn = "not_given";

/// A spreadsheet takes text that begins so for a formula, which a model's name must not be: an
/// apostrophe goes before it (OWASP, CSV Injection). Numbers stay.
bool is_formula(std::string_view cell) {
  if (cell.empty() || std::string_view("=+-@\t\r").find(cell[0]) == std::string_view::npos)
    return false;
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error != std::errc() || end != cell.data() + cell.size();
}

std::string quoted(std::string_view given) {
  const std::string cell = is_formula(given) ? "'" + std::string(given) : std::string(given);
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

std::string line(const std::vector<std::string>& cells) {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : ",") + quoted(cells[i]);
  return text + '\n';
}

std::string number(double value) {
  if (!std::isfinite(value)) return "";
  return fmt::format("{}", value == 0 ? 0.0 : value);
}

bool always_modelled(Unit unit) {
  return unit == Unit::cycles || unit == Unit::microseconds || unit == Unit::microjoules ||
         unit == Unit::microwatts || unit == Unit::hours;
}

/// Figures without a value, by reason: "cycles, latency_us: not run; energy_uj: no current".
struct Reasons {
  std::vector<std::pair<std::string, std::string>> fields_of;  ///< reason, fields

  void add(std::string_view field, const std::string& reason) {
    for (auto& [known, fields] : fields_of)
      if (known == reason) {
        fields += fmt::format(", {}", field);
        return;
      }
    fields_of.emplace_back(reason, field);
  }
  std::string text() const {
    std::string all;
    for (const auto& [reason, fields] : fields_of)
      all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", fields, reason);
    return all;
  }
};

/// Names of the figures that bring columns for their interval.
std::set<std::string, std::less<>> figures_with_interval(std::span<const Record> records) {
  std::set<std::string, std::less<>> names;
  const auto look = [&](const Record& record) {
    describe(record, [&](std::string_view field, const auto& member, Unit unit, std::string_view) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>)
        if (always_modelled(unit) || (member && member.how != How::exact)) names.emplace(field);
    });
  };
  look(Record());
  for (const Record& record : records) look(record);
  return names;
}

}  // namespace

std::string records_csv(std::span<const Record> records) {
  const auto intervals = figures_with_interval(records);
  std::vector<std::string> header;
  const Record empty;
  describe(empty, [&](std::string_view field, const auto& member, Unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Shares>) return;
    header.emplace_back(field);
    if (intervals.contains(field))
      for (const char* part : {"low", "high", "how"})
        header.push_back(fmt::format("{}_{}", field, part));
  });
  header.emplace_back(kReasonsColumn);

  std::string text = line(header);
  for (const Record& record : records) {
    std::vector<std::string> cells;
    Reasons reasons;
    describe(record, [&](std::string_view field, const auto& member, Unit, std::string_view) {
      using Member = std::remove_cvref_t<decltype(member)>;
      if constexpr (std::is_same_v<Member, Figure>) {
        const bool given = std::isfinite(member.number());
        const bool ranged = given && member.how != How::exact;
        cells.push_back(given ? number(member.number()) : "");
        if (intervals.contains(field)) {
          cells.push_back(ranged ? number(member.low) : "");
          cells.push_back(ranged ? number(member.high) : "");
          cells.emplace_back(given ? name(member.how) : "");
        }
        if (!given) reasons.add(field, member.reason.empty() ? "not given" : member.reason);
      } else if constexpr (!std::is_same_v<Member, Shares>) {
        cells.push_back(fmt::format("{}", member));
      }
    });
    cells.push_back(reasons.text());
    text += line(cells);
  }
  return text;
}

}  // namespace assay
