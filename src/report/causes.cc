/// Why the cycles were spent, most first; they sum to the total.
///
///   where the cycles go
///   mac            0.61 M   33 %  ############
///   load           0.44 M   24 %  #########
///   6 more        12 345   0.3 %
///   total          1.85 M  100 %
#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int kBarWidth = 12;
constexpr size_t kMostRows = 11;

double cycles(const Share& share) { return value_or_zero(share.figure); }

Section build(const Record& record, const Notes&) {
  std::vector<Share> rows = record.causes;
  if (rows.empty()) return {};
  std::ranges::stable_sort(rows, std::greater{}, cycles);
  double sum = 0, rest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    sum += cycles(rows[i]);
    if (i >= kMostRows) rest += cycles(rows[i]);
  }
  Section section{.title = "where the cycles go"};
  section.table.columns = {{.max_width = 20}, {.right = true}, {.right = true}, {}};
  for (size_t i = 0; i < std::min(rows.size(), kMostRows); ++i)
    section.table.rows.push_back(
        {{cause_text(rows[i].name), si(cycles(rows[i])), percent(cycles(rows[i]), sum),
          bar(cycles(rows[i]), cycles(rows[0]), kBarWidth)}});
  if (rows.size() > kMostRows)
    section.table.rows.push_back(
        {{fmt::format("{} more", rows.size() - kMostRows), si(rest), percent(rest, sum), ""}});
  section.table.rows.push_back({{"total", si(sum), percent(sum, sum), ""}});
  return section;
}

}  // namespace

const SectionDef causes_section = {.id = "causes", .build = build, .beside = "bytes"};

}  // namespace assay
