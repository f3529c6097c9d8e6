/// What bounds each layer, and the causes that take most of its cycles.
///
///   what bounds each layer
///      op       detail  cycles  share  bound by     cyc/MAC  MAC/B  most of it
///   0  conv_2d  10x4 s2 0.98 M   12 %  load / store    3.07   0.40  load 22 %, alu 20 %
#include <fmt/format.h>

#include <algorithm>

#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

constexpr size_t kNamedCauses = 2;

std::string most_of_it(const LayerRecord& layer) {
  std::vector<Share> causes = layer.causes;
  std::ranges::stable_sort(causes, std::greater{},
                           [](const Share& share) { return value_or_zero(share.figure); });
  std::string text;
  for (size_t i = 0; i < std::min(causes.size(), kNamedCauses); ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", cause_text(causes[i].name),
                        whole_percent(value_or_zero(causes[i].figure), layer.cycles.number()));
  return text;
}

std::string ratio(double part, double whole) {
  return part > 0 && whole > 0 ? fmt::format("{:.2f}", part / whole) : "";
}

Section build(const Record& record, const Notes& notes) {
  double total = 0;
  for (const LayerRecord& layer : record.layers) total += value_or_zero(layer.cycles);
  if (total <= 0) return {};
  Section section{.title = "what bounds each layer"};
  section.table.columns = {{.title = " ", .right = true},
                           {.title = "op", .max_width = 18},
                           {.title = "detail", .max_width = 18},
                           {.title = "cycles", .right = true},
                           {.title = "share", .right = true},
                           {.title = "bound by"},
                           {.title = "cyc/MAC", .right = true},
                           {.title = "MAC/B", .right = true},
                           {.title = "most of it"}};
  for (const LayerRecord& layer : record.layers) {
    if (value_or_zero(layer.cycles) <= 0) continue;
    const double macs = value_or_zero(layer.macs);
    section.table.rows.push_back(
        {{fmt::format("{}", layer.index), layer.op, layer.detail, short_text(layer.cycles, notes),
          percent(layer.cycles.number(), total), layer.bound_by,
          macs > 0 ? ratio(layer.cycles.number(), macs) : "",
          ratio(macs, value_or_zero(layer.load_bytes) + value_or_zero(layer.store_bytes)),
          most_of_it(layer)}});
  }
  return section;
}

}  // namespace

const SectionDef bottlenecks_section = {.id = "bottlenecks", .build = build, .view = View::reasons};

}  // namespace assay
