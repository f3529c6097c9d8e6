// docs/devices.md: what every shipped part does in a second, from the costs alone.
#include <fmt/format.h>

#include <algorithm>

#include "cli/bench_page.h"
#include "report/names.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kHead = R"(# Devices: what each part does in a second

Made by `tools/devices.sh` from `assay bench --on all`; do not edit. `assay bench --on TARGET` prints all of one part, `data/costs/` has every row.

Each program runs at several sizes and alignments; a row is the mean, standard deviation, 75th and 95th percentile of the rates over these, in
units a second at the part's clock, and the mean cycles a unit. Counts are exact and every result is checked against the host; **cycles are
modelled**, with the interval that [accuracy.md](accuracy.md) gives for the core. Kernels are those of `aot` at `balanced`. "from": where weights or
tables stand.

)";

struct Entry {
  const Costs* costs;
  const CostLine* line;
};

/// Entries of one program, in the order it is first met.
struct Chapter {
  std::string group, title, unit;
  std::vector<Entry> entries;
};

bool is_published(const CostLine& line) {
  // What an operator costs matters to an estimate; people compare parts by these.
  static constexpr std::string_view kPublished[] = {
      "conv_3x3_s8", "conv_1x1_s8",         "depthwise_3x3_s8", "fully_connected_s8",
      "max_pool_s8", "average_pool_all_s8", "add_s8",           "softmax_s8",
      "logistic_s8", "conv_3x3_f32",        "depthwise_f32",    "fully_connected_f32",
      "softmax_f32", "logistic_f32",        "tanh_f32"};
  const bool is_kernel = line.group.ends_with("kernels");
  return !is_kernel || std::ranges::find(kPublished, line.program) != std::end(kPublished);
}

std::vector<Chapter> chapters_of(std::span<const Costs> all) {
  std::vector<Chapter> chapters;
  for (const Costs& costs : all)
    for (const CostLine& line : costs.lines) {
      if (!is_published(line)) continue;
      const std::string title =
          line.variant.empty() ? line.title : line.title + ", " + line.variant;
      auto at = std::ranges::find(chapters, title, &Chapter::title);
      if (at == chapters.end())
        at = chapters.insert(chapters.end(), {line.group, title, line.unit, {}});
      at->entries.push_back({&costs, &line});
    }
  for (Chapter& chapter : chapters)
    std::ranges::stable_sort(chapter.entries, std::greater{},
                             [](const Entry& entry) { return entry.line->per_second.mean; });
  return chapters;
}

std::string row_text(const Entry& entry) {
  const Spread& rate = entry.line->per_second;
  const double each = entry.line->cycles_per_unit.mean;
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", entry.costs->target,
                     core_short(entry.costs->core), entry.costs->clock_hz / 1'000'000,
                     entry.line->memory, entry.line->n, si(rate.mean), si(rate.sd), si(rate.p75),
                     si(rate.p95), each >= 1000 ? si(each) : fmt::format("{:.2f}", each));
}

}  // namespace

std::string devices_markdown(std::span<const Costs> all) {
  std::string text(kHead);
  for (const Chapter& chapter : chapters_of(all)) {
    text += fmt::format("## {}\n\n", chapter.title);
    text += fmt::format(
        "| target | core | MHz | from | n | {}/s, mean | sd | p75 | p95 | cycles each |\n"
        "|---|---|--:|---|--:|--:|--:|--:|--:|--:|\n",
        chapter.unit);
    for (const Entry& entry : chapter.entries) text += row_text(entry);
    text += "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace assay
