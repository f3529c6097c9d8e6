// Costs for people. Shown:
//
//   nucleo-l4r5zi    STM32L4R5ZI  Cortex-M4  120 MHz, 5 wait states, ART on
//                    aot kernels, -O2, gcc 12.2.1, unicorn; 437 cases, results equal to the host's
//
//   int8 kernels         from   unit     n  mean/s      sd     p75     p95  cycles each
//   3x3 convolutions     FLASH  window  10  8.42 M  1.24 M  9.15 M  9.63 M         14.6  ##########
#include "cli/bench_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/layout.h"
#include "report/names.h"
#include "report/numbers.h"
#include "report/printable.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int kBarWidth = 10;

/// "3x3 convolutions, int8" under the heading "int8 kernels" needs no ", int8".
std::string short_title(const CostLine& line) {
  std::string title = line.title;
  const size_t comma = title.rfind(", ");
  if (comma != title.npos && line.group.starts_with(title.substr(comma + 2))) title.resize(comma);
  return line.variant.empty() ? title : title + ", " + line.variant;
}

/// Three digits: 14.6, 0.912, 1 234.
std::string each_text(double cycles) {
  if (cycles >= 1000) return si(cycles);
  return fmt::format("{:.{}f}", cycles, cycles < 10 ? 2 : cycles < 100 ? 1 : 0);
}

Row row_of(const CostLine& line, double most) {
  const Spread& rate = line.per_second;
  return {{short_title(line), line.memory, line.unit, fmt::format("{}", line.n), si(rate.mean),
           si(rate.sd), si(rate.p75), si(rate.p95), each_text(line.cycles_per_unit.mean),
           bar(rate.mean, most, kBarWidth)}};
}

Section group_section(const Costs& costs, const std::string& group) {
  Section section;
  section.table.columns = {
      {group},      {"from"},      {"unit"},      {"n", true},           {"mean/s", true},
      {"sd", true}, {"p75", true}, {"p95", true}, {"cycles each", true}, {""}};
  if (group == "memory") section.table.columns[1].title = "where";
  for (const CostLine& line : costs.lines) {
    if (line.group != group) continue;
    double most = 0;  // of what is counted in the same unit
    for (const CostLine& other : costs.lines)
      if (other.group == group && other.unit == line.unit)
        most = std::max(most, other.per_second.mean);
    section.table.rows.push_back(row_of(line, most));
  }
  return section;
}

std::vector<std::string> groups_of(const Costs& costs) {
  std::vector<std::string> groups;
  for (const CostLine& line : costs.lines)
    if (std::ranges::find(groups, line.group) == groups.end()) groups.push_back(line.group);
  return groups;
}

int64_t cases(const Costs& costs) {
  int64_t sum = 0;
  for (const CostLine& line : costs.lines) sum += line.n;
  return sum;
}

std::string headline(const Costs& costs) {
  const std::string title = costs.target + "    ";
  const std::string memory = costs.memory_system.empty() ? "" : ", " + costs.memory_system;
  std::string text = fmt::format("{}{}  {}  {} MHz{}\n", title, costs.part, costs.core_title,
                                 costs.clock_hz / 1'000'000, memory);
  return text + fmt::format("{}aot kernels, {}, {}, {}; {} cases, results equal to the host's\n",
                            std::string(title.size(), ' '), optimisation_flag(costs.flags),
                            compiler_title(costs.compiler), costs.emulator,
                            thousands(cases(costs)));
}

std::string skipped_text(const Costs& costs) {
  constexpr size_t kMost = 6;
  if (costs.skips.empty()) return "";
  std::string text = fmt::format("\n  skipped, {} cases\n", costs.skips.size());
  for (size_t i = 0; i < std::min(kMost, costs.skips.size()); ++i)
    text += fmt::format("  {}: {}\n", costs.skips[i].what, costs.skips[i].reason);
  if (costs.skips.size() > kMost)
    text += fmt::format("  {} more (--json lists all)\n", costs.skips.size() - kMost);
  return text;
}

std::string percent_text(double factor) {
  return factor == 1 ? "0" : fmt::format("{:+.0f}", (factor - 1) * 100);
}

std::string basis_text(double low, double high) {
  constexpr std::string_view kWords =
      "a window: one 3x3 filter on one channel at one place (9 MACs)\n"
      "p75, p95: three in four and 19 in 20 cases are no faster\n";
  if (low == 1 && high == 1)
    return fmt::format("{}exact: counts, results, cycles   rates at the part's clock\n", kWords);
  return fmt::format(
      "{}exact: counts, results   modelled: cycles {}..{} %, rates from them at the part's clock\n",
      kWords, percent_text(low), percent_text(high));
}

/// What people compare parts by.
struct Headline {
  std::string_view program, variant, title;
  bool from_ram;  ///< of the memories, the first RAM; else the first there is
};
constexpr Headline kHeadlines[] = {
    {"mac_s8", "", "MAC/s int8", false},
    {"mac_s8", "", "from RAM", true},
    {"mac_s16", "", "MAC/s int16", false},
    {"mac_f32", "", "MAC/s float", false},
    {"conv_3x3_s8", "", "conv3x3/s", false},
    {"depthwise_3x3_s8", "", "depthw./s", false},
    {"fully_connected_s8", "", "FC MAC/s", false},
    {"tree_s16", "", "nodes/s", false},
    {"fft_f32", "n 512", "FFT 512/s", false},
    {"read", "", "flash B/s", false},
    {"read", "", "RAM B/s", true},
};

const CostLine* find_line(const Costs& costs, const Headline& wanted) {
  const CostLine* found = nullptr;
  int seen = 0;
  for (const CostLine& line : costs.lines)
    if (line.program == wanted.program && line.variant == wanted.variant) {
      if (seen == (wanted.from_ram ? 1 : 0)) found = &line;
      ++seen;
    }
  return found;
}

}  // namespace

std::string bench_page(const Costs& costs, size_t width) {
  std::string page = headline(costs);
  for (const std::string& group : groups_of(costs)) {
    page += "\n";
    for (const Line& line : section_lines(group_section(costs, group), width))
      page += line.text + "\n";
  }
  return page + skipped_text(costs) + "\n" +
         basis_text(std::min(1.0, costs.low), std::max(1.0, costs.high));
}

std::string bench_table(std::span<const Costs> all, size_t width) {
  Section section;
  section.table.columns = {{"target"}, {"core"}, {"MHz", true}};
  double low = 1, high = 1;
  for (const Costs& costs : all) {
    section.table.rows.push_back(
        {{costs.target, core_short(costs.core), fmt::format("{}", costs.clock_hz / 1'000'000)}});
    low = std::min(low, costs.low);
    high = std::max(high, costs.high);
  }
  for (const Headline& each : kHeadlines) {
    const auto has = [&each](const Costs& costs) { return find_line(costs, each) != nullptr; };
    if (std::ranges::none_of(all, has)) continue;  // not asked for
    section.table.columns.push_back({std::string(each.title), true});
    for (size_t i = 0; i < all.size(); ++i) {
      const CostLine* line = find_line(all[i], each);
      section.table.rows[i].cells.push_back(line ? si(line->per_second.mean) : "-");
    }
  }
  std::string page;
  for (const Line& line : section_lines(section, width)) page += line.text + "\n";
  return page + "\nmeans over sizes and alignments; one target alone shows all programs\n" +
         basis_text(low, high);
}

}  // namespace assay
