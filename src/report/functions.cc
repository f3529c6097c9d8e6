/// The functions of the image that take most, their callees excluded.
///
///   functions that ran
///   function                 code B  stack B   instr  cycles  share
///   conv_2d_s8                1 204      152   980 k  1.10 M   80 %  ################
///   depthwise_conv_2d_s8      1 020      224   220 k   250 k   18 %  ####
///   7 more                                                     2.0 %
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
  const bool stack =
      std::ranges::any_of(rows, [](const FunctionRecord& row) { return bool(row.stack_bytes); });
  section.table.columns = {{.title = "function", .max_width = 36},
                           {.title = "code B", .right = true}};
  if (stack) section.table.columns.push_back({.title = "stack B", .right = true});
  for (const char* title : {"instr", "cycles", "share"})
    section.table.columns.push_back({.title = title, .right = true});
  section.table.columns.push_back({});
  const auto add = [&](std::string name, std::string code, std::string depth, std::string counted,
                       std::string cycles, double part, std::string drawn) {
    Row row{{std::move(name), std::move(code)}};
    if (stack) row.cells.push_back(std::move(depth));
    row.cells.insert(row.cells.end(),
                     {std::move(counted), std::move(cycles), percent(part, sum), std::move(drawn)});
    section.table.rows.push_back(std::move(row));
  };
  for (size_t i = 0; i < shown; ++i) {
    const FunctionRecord& row = rows[i];
    add(row.name, exact_text(row.code_bytes, notes), exact_text(row.stack_bytes, notes),
        short_text(row.instructions, notes), short_text(row.cycles, notes), cost(row),
        bar(cost(row), cost(rows[0]), kBarWidth));
  }
  if (rows.size() > shown)
    add(fmt::format("{} more", rows.size() - shown), "", "", "", "", rest, "");
  return section;
}

}  // namespace

const SectionDef functions_section = {.id = "functions", .build = build, .view = View::costs};

}  // namespace assay
