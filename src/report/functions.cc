/// The functions of the image that take most, their callees excluded.
///
///   functions that ran
///   function                 code B   instr  cycles  share
///   conv_2d_s8                1 204   980 k  1.10 M   80 %  ################
///   depthwise_conv_2d_s8      1 020   220 k   250 k   18 %  ####
///   7 more                                            2.0 %
#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

constexpr size_t kMostRows = 8;
constexpr double kLeastShare = 0.001;  // of the cycles; smaller ones are summed
constexpr int kBarWidth = 20;

Section build(const Record& record, const Notes& notes) {
  const bool by_cycles = std::ranges::any_of(
      record.functions, [](const FunctionRecord& row) { return value_or_zero(row.cycles) > 0; });
  const auto cost = [&](const FunctionRecord& row) {
    return value_or_zero(by_cycles ? row.cycles : row.instructions);
  };
  std::vector<FunctionRecord> rows = record.functions;
  std::erase_if(rows, [&](const FunctionRecord& row) { return cost(row) <= 0; });
  if (rows.empty()) return {};
  std::ranges::stable_sort(rows, std::greater{}, cost);
  double sum = 0, rest = 0;
  for (const FunctionRecord& row : rows) sum += cost(row);
  const auto counts = [&](const FunctionRecord& row) { return cost(row) >= kLeastShare * sum; };
  const size_t shown = std::min<size_t>(kMostRows, std::ranges::count_if(rows, counts));
  for (size_t i = shown; i < rows.size(); ++i) rest += cost(rows[i]);

  Section section{.title = "functions that ran"};
  section.table.columns = {
      {.title = "function", .max_width = 36}, {.title = "code B", .right = true},
      {.title = "instr", .right = true},      {.title = "cycles", .right = true},
      {.title = "share", .right = true},      {}};
  for (size_t i = 0; i < shown; ++i) {
    const FunctionRecord& row = rows[i];
    section.table.rows.push_back(
        {{row.name, exact_text(row.code_bytes, notes), short_text(row.instructions, notes),
          short_text(row.cycles, notes), percent(cost(row), sum),
          bar(cost(row), cost(rows[0]), kBarWidth)}});
  }
  if (rows.size() > shown)
    section.table.rows.push_back(
        {{fmt::format("{} more", rows.size() - shown), "", "", "", percent(rest, sum), ""}});
  return section;
}

}  // namespace

const SectionDef functions_section = {.id = "functions", .build = build, .view = View::costs};

}  // namespace assay
