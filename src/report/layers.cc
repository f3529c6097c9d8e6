/// The cost of each layer, in the order they run. Columns without a single value are left out; the
/// footnotes say why they have none.
///
///   layers
///      op       detail          out           MACs   instr  cycles  share  cyc/MAC  most for arena
///      B
///   0  conv_2d  10x4 s2x2 same  1x25x5x64  320 000   410 k   460 k   34 %     1.44  mac         8
///   490 1  conv_2d  1x1             1x25x5x64  512 000   570 k   640 k   47 %     1.25  load 16
///   000 slowest: layer 1 conv_2d 1x1 takes 47 % of the cycles; the 2 conv_2d layers take 80 %.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/numbers.h"
#include "report/section.h"

namespace assay {
namespace {

using Member = Figure LayerRecord::*;

bool any(const Record& record, Member figure) {
  return std::ranges::any_of(record.layers,
                             [&](const LayerRecord& layer) { return bool(layer.*figure); });
}

double total(const Record& record, Member figure) {
  double sum = 0;
  for (const LayerRecord& layer : record.layers) sum += value_or_zero(layer.*figure);
  return sum;
}

std::string per_mac(const LayerRecord& layer) {
  if (!layer.cycles || value_or_zero(layer.macs) <= 0) return "";
  return fmt::format("{:.2f}", layer.cycles.number() / layer.macs.number());
}

/// The cause that took most of the layer's cycles.
std::string most_for(const LayerRecord& layer) {
  const auto most = std::ranges::max_element(
      layer.causes, {}, [](const Share& share) { return value_or_zero(share.figure); });
  return most == layer.causes.end() ? "" : cause_text(most->name);
}

struct OpShare {
  double cost = 0;
  int layers = 0;
};

/// Where to look first: the slowest layer, and the operator that takes most; "" if that is plain.
std::string slowest(const Record& record) {
  const bool by_cycles = std::ranges::any_of(
      record.layers, [](const LayerRecord& layer) { return value_or_zero(layer.cycles) > 0; });
  const auto cost = [&](const LayerRecord& layer) {
    return value_or_zero(by_cycles ? layer.cycles : layer.instructions);
  };
  double sum = 0;
  std::map<std::string, OpShare> by_op;
  for (const LayerRecord& layer : record.layers) {
    sum += cost(layer);
    by_op[layer.op].cost += cost(layer);
    by_op[layer.op].layers += 1;
  }
  if (record.layers.size() < 2 || sum <= 0 || (by_cycles && !record.cycles)) return "";
  const LayerRecord& worst = *std::ranges::max_element(record.layers, {}, cost);
  const auto& [op, share] =
      *std::ranges::max_element(by_op, {}, [](const auto& entry) { return entry.second.cost; });
  std::string line = fmt::format("slowest: layer {} {}{}{} takes {} of the {}", worst.index,
                                 worst.op, worst.detail.empty() ? "" : " ", worst.detail,
                                 percent(cost(worst), sum), by_cycles ? "cycles" : "instructions");
  if (share.layers > 1 && static_cast<size_t>(share.layers) < record.layers.size())
    line += fmt::format("; the {} {} layers take {}", share.layers, op, percent(share.cost, sum));
  return line + ".";
}

Section build(const Record& record, const Notes& notes) {
  if (record.layers.empty()) return {};
  Section section{.title = "layers"};
  const bool macs = any(record, &LayerRecord::macs), arena = any(record, &LayerRecord::arena_bytes);
  const bool instructions = any(record, &LayerRecord::instructions);
  const bool cycles = any(record, &LayerRecord::cycles);
  const double all_cycles = total(record, &LayerRecord::cycles);
  auto& columns = section.table.columns;
  columns = {{.title = " ", .right = true},
             {.title = "op", .max_width = 18},
             {.title = "detail", .max_width = 18},
             {.title = "out", .max_width = 14}};
  if (macs) columns.push_back({.title = "MACs", .right = true});
  if (instructions) columns.push_back({.title = "instr", .right = true});
  if (cycles) {
    for (const char* title : {"cycles", "share", "cyc/MAC"})
      columns.push_back({.title = title, .right = true});
  }
  if (cycles) columns.push_back({.title = "most for", .max_width = 16});
  if (arena) columns.push_back({.title = "arena B", .right = true});

  for (const LayerRecord& layer : record.layers) {
    Row row{{fmt::format("{}", layer.index), layer.op, layer.detail, layer.output_shape}};
    if (macs) row.cells.push_back(exact_text(layer.macs, notes));
    if (instructions) row.cells.push_back(short_text(layer.instructions, notes));
    if (cycles) {
      row.cells.push_back(short_text(layer.cycles, notes));
      row.cells.push_back(layer.cycles && record.cycles ? percent(layer.cycles.number(), all_cycles)
                                                        : "");
      row.cells.push_back(per_mac(layer));
      row.cells.push_back(most_for(layer));
    }
    if (arena) row.cells.push_back(exact_text(layer.arena_bytes, notes));
    section.table.rows.push_back(std::move(row));
  }
  if (const std::string line = slowest(record); !line.empty()) section.lines.push_back(line);
  return section;
}

}  // namespace

const SectionDef layers_section = {.id = "layers", .build = build, .view = View::costs};

}  // namespace assay
