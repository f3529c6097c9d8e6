/// How each figure was obtained, and how far it can be off.
///
///   exact: bytes, MACs, instructions, outputs
///   modelled: cycles, latency -2..+35 % (22 published runs on this flash system); energy +-25 %
#include <fmt/format.h>

#include <algorithm>

#include "report/notes.h"
#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

/// Figures of one kind; those that are off by as much stand together.
struct Kind {
  std::vector<std::string> exact;
  struct Group {
    std::vector<std::string> names;
    std::string spread, basis;
  };
  std::vector<Group> groups;
};

void add_group(Kind& kind, std::string title, const std::string& off, const std::string& basis) {
  for (Kind::Group& group : kind.groups)
    if (group.spread == off && group.basis == basis) {
      group.names.push_back(std::move(title));
      return;
    }
  kind.groups.push_back({{std::move(title)}, off, basis});
}

/// Of the cycles; the summary gives the energy's.
std::string basis_of(const Record& record, Unit unit) {
  return unit == Unit::cycles || unit == Unit::microseconds ? record.cycles_basis : "";
}

Kind figures_of(const Record& record, How how) {
  Kind kind;
  describe(record, [&](std::string_view field, const auto& member, Unit unit, std::string_view) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, Figure>) {
      if (!member || member.how != how || unit == Unit::hertz || field == "verified_inputs") return;
      if (how != How::exact) {
        add_group(kind, title_of(field), spread(member), basis_of(record, unit));
        return;
      }
      // Counts are each their own thing; all bytes are counted alike, and so are instructions.
      const std::string title = unit == Unit::count ? title_of(field) : std::string(name(unit));
      if (std::ranges::find(kind.exact, title) == kind.exact.end()) kind.exact.push_back(title);
    }
  });
  return kind;
}

Section build(const Record& record, const Notes&) {
  Section section{.style = Style::dim};
  Kind exact = figures_of(record, How::exact);
  if (value_or_zero(record.verified_inputs) > 0) exact.exact.emplace_back("outputs");
  if (!exact.exact.empty())
    section.lines.push_back(fmt::format("exact: {}", fmt::join(exact.exact, ", ")));
  for (const How how : {How::modelled, How::predicted, How::measured}) {
    std::string line;
    for (const Kind::Group& group : figures_of(record, how).groups) {
      line += fmt::format("{}{}", line.empty() ? "" : "; ", fmt::join(group.names, ", "));
      if (!group.spread.empty()) line += " " + group.spread;
      if (!group.basis.empty()) line += fmt::format(" ({})", group.basis);
    }
    if (!line.empty()) section.lines.push_back(fmt::format("{}: {}", name(how), line));
  }
  return section;
}

}  // namespace

const SectionDef provenance_section = {.id = "provenance", .build = build};

}  // namespace assay
