/// The instruction mix, most frequent first; classes that did not run are left out.
///
///   what ran
///   load              1.21 M   31 %  ############
///   mac               0.98 M   25 %  ##########
///   6 more           12 345   0.3 %
///   instructions      3.91 M  100 %
///   1.21 M loads, 0.12 M stores
///   0.21 M branches taken
#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int kBarWidth = 12;
constexpr size_t kMostRows = 9;

Section build(const Record& record, const Notes& notes) {
  std::vector<ClassRecord> rows;
  for (const ClassRecord& row : record.classes)
    if (value_or_zero(row.instructions) > 0) rows.push_back(row);
  if (rows.empty()) return {};
  std::ranges::stable_sort(rows, std::greater{},
                           [](const ClassRecord& row) { return value_or_zero(row.instructions); });
  double sum = 0, rest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    sum += rows[i].instructions.number();
    if (i >= kMostRows) rest += rows[i].instructions.number();
  }
  const double most = *rows[0].instructions.value;

  Section section{.title = "what ran"};
  section.table.columns = {{.max_width = 20}, {.right = true}, {.right = true}, {}};
  const auto add = [&](std::string name, double count) {
    section.table.rows.push_back(
        {{std::move(name), si(count), percent(count, sum), bar(count, most, kBarWidth)}});
  };
  for (size_t i = 0; i < std::min(rows.size(), kMostRows); ++i)
    add(rows[i].name, rows[i].instructions.number());
  if (rows.size() > kMostRows) add(fmt::format("{} more", rows.size() - kMostRows), rest);
  section.table.rows.push_back({{"instructions", si(sum), percent(sum, sum), ""}});
  if (record.loads && record.stores)
    section.lines.push_back(fmt::format("{} loads, {} stores", short_text(record.loads, notes),
                                        short_text(record.stores, notes)));
  if (record.branches_taken)
    section.lines.push_back(short_text(record.branches_taken, notes) + " branches taken");
  return section;
}

}  // namespace

const SectionDef classes_section = {
    .id = "classes", .build = build, .beside = "regions", .view = View::costs};

}  // namespace assay
