// The record of a profile: what the page shows, and every function and layer whole.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/compose.h"
#include "cli/profile_page.h"
#include "record/give_reason.h"
#include "util/hash.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr const char* kNotGiven = "a profile does not give it";

FunctionRecord function_row(const ProfileFunction& function, const Profiled& p) {
  FunctionRecord row;
  row.name = function.name;
  row.code_bytes =
      function.code_bytes > 0 ? Figure::exact(function.code_bytes) : Figure::none("no symbol");
  row.entries = Figure::exact(function.calls);
  row.frame_bytes = stack_figure(p.facts.no_stack, function.frame_bytes);
  row.stack_bytes = stack_figure(p.facts.no_stack, function.stack_bytes);
  add_counters(row, function.self, {p.target, p.core, p.facts.caches});
  return row;
}

/// Of all times that the layer ran.
LayerRecord layer_row(const ProfileLayer& layer, const Profiled& p) {
  LayerRecord row;
  row.index = layer.index;
  row.op = layer.op;
  row.name = layer.symbol;
  row.detail = fmt::format("{} times{}", thousands(layer.calls), also_text(layer));
  add_counters(row, layer.counts, {p.target, p.core, p.facts.caches});
  row.latency_us = latency_figure(row.cycles, p.target);
  row.bound_by = bound_by(layer.counts);
  row.stack_bytes = stack_figure(p.facts.no_stack, layer.stack_bytes);
  give_reason(row, kNotGiven);
  return row;
}

void add_counts(Record& record, const Counts& total, const Profiled& profiled) {
  for (const MemoryRegion& region : profiled.target.regions) {
    RegionRecord& row = record.regions.emplace_back();
    row.name = region.name;
    row.kind = region.kind == RegionKind::flash ? "flash" : "ram";
    row.size_bytes = Figure::exact(region.size_bytes);
    row.used_bytes = Figure::none(kNotGiven);
  }
  add_counters(record, total, {profiled.target, profiled.core, profiled.facts.caches});
  record.cycles_basis = cycles_basis(profiled.target, profiled.core);
}

}  // namespace

std::vector<ProfileFunction> most_cycles_first(const ProfileRegion& region) {
  std::vector<ProfileFunction> rows = region.functions;
  std::erase_if(
      rows, [](const ProfileFunction& f) { return f.self.cycles == 0 && f.inclusive.cycles == 0; });
  std::ranges::stable_sort(rows, std::greater{},
                           [](const ProfileFunction& f) { return f.self.cycles; });
  return rows;
}

/// Of the whole run: of one thread of control, which no exception interrupted.
Figure profile_stack(const Profiled& p) {
  if (!p.facts.no_stack.empty()) return Figure::none(p.facts.no_stack);
  if (!p.facts.exceptions.empty())
    return Figure::none("exceptions were taken: each function's stack is its own thread's");
  int64_t deepest = 0;
  for (const ProfileFunction& f : p.facts.regions.back().functions)
    deepest = std::max(deepest, f.stack_bytes);
  return Figure::exact(deepest);
}

/// " with layers 3, 5", where the compiler made one function of several.
std::string also_text(const ProfileLayer& layer) {
  return layer.also.empty() ? "" : fmt::format(" with layer {}", fmt::join(layer.also, ", "));
}

Record profile_record(const Profiled& profiled) {
  const ProfileRegion& region = profiled.facts.regions.front();
  const Counts& total = region.total;
  Record record;
  record.assay_version = ASSAY_VERSION;
  record.model = profiled.file;
  record.model_format = profiled.image.format;
  record.model_hash = hash_hex(profiled.image.file);
  record.target = profiled.target.name;
  record.part = profiled.target.part;
  record.core = profiled.core.name;
  record.memory_system = profiled.target.memory_system;
  record.data_hash = hash_hex(profiled.target.file_text + profiled.core.file_text);
  record.clock_hz = Figure::exact(profiled.target.clock_hz);
  record.runtime = "profile of " + region.name;
  record.emulator = std::string(profiled.emulator);
  record.stack_bytes = profile_stack(profiled);
  record.heap_bytes = heap_figure(profiled.facts.heap);
  add_counts(record, total, profiled);
  for (const ProfileFunction& f : most_cycles_first(region))
    record.functions.push_back(function_row(f, profiled));
  for (const ProfileLayer& layer : region.layers)
    record.layers.push_back(layer_row(layer, profiled));
  record.lines = profile_line_rows(region, profiled.core);
  for (const TouchedAddress& each : profiled.facts.touched)
    record.troubles.push_back(
        {fmt::format("0x{:08x}", each.address),
         fmt::format("a peripheral register that nothing models, first used at 0x{:08x}",
                     each.first_pc)});
  for (const std::string& note : profiled.facts.notes) record.troubles.push_back({"run", note});
  record.troubles.push_back({"run", "ended: " + profiled.facts.ended});
  if (!profiled.no_lines.empty()) record.troubles.push_back({"lines", profiled.no_lines});
  give_reason(record, kNotGiven);
  return record;
}

}  // namespace assay
