// Estimate -> Record. Intervals: of cycles, how far estimates were off on models that no fit has
// seen, times the interval of the core's model; of bytes, the furthest that they were off. Costs of
// a relative widen both to what all targets with that core would say.
#include "cli/estimate_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/stages.h"
#include "estimate/energy.h"
#include "estimate/totals.h"
#include "hw/isa_family.h"
#include "record/give_reason.h"
#include "util/hash.h"
#include "util/text.h"

namespace assay {
namespace {

/// Relative ends of an interval around an estimate.
struct Width {
  double low = 1, high = 1;
};

/// Half again as far as seen where nothing was held against measurements.
constexpr double kUnseenError = 0.5;

Width width_of(const EstimateErrors& errors, const CostTable& table) {
  const double off = errors.models > 0 ? errors.worst_cycles : kUnseenError;
  return {(1 - std::min(off, 0.99)) * table.low, (1 + off) * table.high};
}

/// What the relatives' tables would say, around the nearest's.
void widen(const Prepared& model, const CostSource& source, double cycles, Width& width) {
  if (cycles <= 0) return;
  double least = 1, most = 1;
  for (const CostTable* table : source.relatives) {
    const Estimate other = estimate(model, *table);
    if (!other.no_cycles.empty()) continue;
    least = std::min(least, other.cycles / cycles);
    most = std::max(most, other.cycles / cycles);
  }
  width.low *= least;
  width.high *= most;
}

Figure bytes_figure(int64_t bytes, double off) {
  const auto value = static_cast<double>(bytes);
  return Figure::predicted(value, std::max(value - off, 0.0), value + off);
}

/// A layer's, or the whole's, whose own range comes from kernels that were not benchmarked.
Figure cycles_figure(double cycles, double low, double high, const Width& width) {
  return Figure::predicted(cycles, low * width.low, high * width.high);
}

Figure scaled(const Figure& figure, double by) {
  if (!figure) return figure;
  return Figure::predicted(figure.number() * by, figure.low * by, figure.high * by);
}

Figure latency_of(const Figure& cycles, const Target& target) {
  return scaled(cycles, 1e6 / static_cast<double>(target.clock_hz));
}

Figure energy_of(const Figure& latency, const RunPower& power) {
  Figure energy = energy_uj(latency, power);
  if (energy) energy.how = How::predicted;
  return energy;
}

void describe_model(Record& record, const Graph& graph, const Target& target) {
  const Totals sums = totals(graph);
  record.assay_version = ASSAY_VERSION;
  record.model = graph.name();
  record.model_format = graph.format();
  record.model_hash = hash_hex(graph.file());
  record.target = target.name;
  record.part = target.part;
  record.core = target.core;
  record.memory_system = target.memory_system;
  record.clock_hz = Figure::exact(target.clock_hz);
  record.runtime = "aot";
  record.semantics = "tflm";
  record.macs = macs_figure(graph);
  record.parameters = Figure::exact(sums.parameters);
}

/// What the layers that were estimated by their work may take, against what they are said to.
Width rough_width(const Estimate& cost) {
  double cycles = 0, low = 0, high = 0;
  for (const LayerEstimate& layer : cost.layers) {
    if (layer.rough_kernel.empty()) continue;
    cycles += layer.cycles;
    low += layer.low_cycles;
    high += layer.high_cycles;
  }
  return cycles > 0 ? Width{low / cycles, high / cycles} : Width{};
}

Shares shares_of(const LayerCauses& causes, const Width& width, const Width& rough) {
  Shares shares;
  for (const auto& [words, cycles] : causes) {
    const Width own = words == kNotBenchmarked ? rough : Width{};
    shares.push_back(
        {std::string(words), cycles_figure(cycles, cycles * own.low, cycles * own.high, width)});
  }
  return shares;
}

/// Over all layers; what is between them is calls.
Shares all_causes(std::span<const LayerCauses> layers, double cycles, const Width& width,
                  const Width& rough) {
  LayerCauses sum;
  double rest = cycles;
  for (const LayerCauses& causes : layers)
    for (const auto& [words, part] : causes) {
      auto at = std::ranges::find(sum, words, [](const auto& pair) { return pair.first; });
      if (at == sum.end()) at = sum.insert(at, {words, 0});
      at->second += part;
      rest -= part;
    }
  if (rest > 0) sum.emplace_back("between layers", rest);
  std::ranges::stable_sort(sum, std::greater{}, [](const auto& pair) { return pair.second; });
  return shares_of(sum, width, rough);
}

void add_layers(Record& record, const Graph& graph, const Prepared& model, const Estimate& cost,
                const Target& target, const Width& width) {
  const RunPower power = run_power(target);
  for (size_t i = 0; i < cost.layers.size(); ++i) {
    const LayerEstimate& from = cost.layers[i];
    const auto index = static_cast<size_t>(from.node);
    const Node& node = graph.nodes()[index];
    const Tensor& out = graph.tensor(node.outputs[0]);
    LayerRecord& layer = record.layers.emplace_back();
    layer.index = static_cast<int64_t>(i);
    layer.op = node.op;
    layer.name = out.name;
    const bool is_view = model.calls[index].kernel.empty();
    layer.detail = is_view ? "view of its input" : detail_of(graph, node);
    layer.output_shape = text(out.shape);
    layer.dtype = name(out.dtype);
    layer.macs = macs_figure(graph, node);
    layer.constant_bytes = Figure::exact(model.constant_bytes[index]);
    layer.arena_bytes = Figure::exact(model.plan.live_bytes[i]);
    layer.cycles = from.reason.empty()
                       ? cycles_figure(from.cycles, from.low_cycles, from.high_cycles, width)
                       : Figure::none(from.reason);
    layer.latency_us = latency_of(layer.cycles, target);
    layer.energy_uj = energy_of(layer.latency_us, power);
  }
}

/// Fills the regions, and says whether all fit by more than the estimate can be off.
void add_regions(Record& record, const Estimate& cost, const Target& target,
                 const EstimateErrors& errors) {
  std::string over, close;
  for (const RegionUse& use : fill_regions(cost, target)) {
    if (use.used_bytes == 0) continue;
    const bool is_flash = use.kind == RegionKind::flash;
    const double off = is_flash ? errors.worst_flash_bytes : 0;
    const std::string& name = use.region;
    if (static_cast<double>(use.left()) < -off)
      over += fmt::format("{}{} overflows by {} B", over.empty() ? "" : "; ", name,
                          thousands(-use.left()));
    else if (static_cast<double>(use.left()) < off)
      close = fmt::format("{} has {} B left, and the estimate may be off by {:.0f} B", name,
                          use.left(), off);
    RegionRecord& row = record.regions.emplace_back();
    row.name = name;
    row.kind = is_flash ? "flash" : "ram";
    row.used_bytes = bytes_figure(use.used_bytes, off);
    row.size_bytes = Figure::exact(use.size_bytes);
  }
  record.fits = "yes";
  if (!close.empty()) record.fits = "not known: " + close;
  if (!over.empty())
    record.fits = fmt::format("no: {} (with {} B kept for the stack)", over,
                              isa_family(target.isa).stack_reserve_bytes);
}

void add_bytes(Record& record, const Estimate& cost, const EstimateErrors& errors) {
  const double off = errors.worst_flash_bytes;
  record.flash_bytes = bytes_figure(cost.flash_bytes, off);
  const double ram_off = errors.worst_ram_bytes + static_cast<double>(cost.stack_off_bytes);
  record.ram_bytes = bytes_figure(cost.ram_bytes, ram_off);
  record.constant_bytes = Figure::exact(cost.weights_bytes + cost.tables_bytes);
  record.code_bytes = bytes_figure(cost.flash_bytes - cost.weights_bytes - cost.tables_bytes, off);
  record.arena_bytes = Figure::exact(cost.arena_bytes);
  record.static_ram_bytes = bytes_figure(cost.static_bytes, errors.worst_ram_bytes);
  record.stack_bytes = bytes_figure(cost.stack_bytes, ram_off);
  const std::pair<const char*, int64_t> code[] = {{"kernels", cost.kernels_bytes},
                                                  {"model code", cost.model_code_bytes},
                                                  {"start-up", cost.startup_bytes},
                                                  {"libc", cost.library_bytes}};
  record.components = {{"flash", "weights", Figure::exact(cost.weights_bytes)},
                       {"flash", "tables", Figure::exact(cost.tables_bytes)}};
  for (const auto& [what, bytes] : code)
    if (bytes > 0) record.components.push_back({"flash", what, bytes_figure(bytes, off)});
  record.components.push_back({"ram", "arena", Figure::exact(cost.arena_bytes)});
  record.components.push_back({"ram", "static", record.static_ram_bytes});
  record.components.push_back({"ram", "stack (peak)", record.stack_bytes});
}

/// What was estimated by its work alone: "conv_2d_s16, lut_16: 40 % of the cycles by their ..."
std::string rough_text(const Estimate& cost) {
  std::string kernels;
  std::set<std::string_view> seen;
  double cycles = 0;
  for (const LayerEstimate& layer : cost.layers) {
    if (layer.rough_kernel.empty()) continue;
    cycles += layer.cycles;
    if (seen.insert(layer.rough_kernel).second)
      kernels += fmt::format("{}{}", kernels.empty() ? "" : ", ", layer.rough_kernel);
  }
  if (seen.empty()) return {};
  return fmt::format(
      "NOT benchmarked: {}, {:.0f} % of the cycles by {} work alone, as far as "
      "kernels of that kind are apart; the rest ",
      kernels, 100 * cycles / std::max(cost.cycles, 1.0), seen.size() == 1 ? "its" : "their");
}

std::string basis_text(const CostSource& source, const EstimateErrors& errors,
                       const Estimate& cost) {
  std::string basis = source.basis.empty() ? "" : "NOT benchmarked: " + source.basis + "; ";
  basis += rough_text(cost);
  if (errors.models == 0)
    basis += "never held against a measurement";
  else
    basis +=
        fmt::format("off by {:.1f} % in the mean and {:.1f} % at worst on {} models on {}",
                    100 * errors.mean_cycles, 100 * errors.worst_cycles, errors.models, errors.of);
  return basis + fmt::format(", times the core's own {:+.0f}..{:+.0f} %",
                             100 * (source.table->low - 1), 100 * (source.table->high - 1));
}

}  // namespace

Record estimate_record(const Graph& graph, const Prepared& model, const Target& target) {
  constexpr std::string_view kNotRun = "an estimate runs nothing; `assay measure` counts it";
  Record record;
  describe_model(record, graph, target);
  record.optimize = name(model.lower.optimize);
  record.arena_lower_bound_bytes = Figure::exact(model.plan.lower_bound_bytes);
  record.arena_bytes = Figure::exact(model.plan.arena_bytes);
  const Result<CostSource> source = cost_source(target);
  if (!source) {
    const std::string reason = text(source.error());
    record.fits = "not known: " + reason;
    give_reason(record, reason);
    record.troubles.push_back({"costs", reason});
    return record;
  }
  EstimateErrors errors = errors_on(target, model.has_floats);
  const Estimate cost = estimate(model, *source->table);
  errors.worst_flash_bytes += static_cast<double>(cost.code_off_bytes);
  Width width = width_of(errors, *source->table);
  widen(model, *source, cost.cycles, width);
  record.compiler = source->table->compiler;
  record.flags = source->table->flags;
  add_bytes(record, cost, errors);
  add_regions(record, cost, target, errors);
  record.cycles = cost.no_cycles.empty()
                      ? cycles_figure(cost.cycles, cost.low_cycles, cost.high_cycles, width)
                      : Figure::none(cost.no_cycles);
  record.latency_us = latency_of(record.cycles, target);
  const RunPower power = run_power(target);
  record.energy_uj = energy_of(record.latency_us, power);
  record.energy_basis = power.reason.empty() ? power.basis : power.reason;
  record.cycles_basis = basis_text(*source, errors, cost);
  add_layers(record, graph, model, cost, target, width);
  add_stages(record, graph, model.plan.order);
  std::vector<LayerCauses> causes;
  for (const LayerEstimate& layer : cost.layers)
    causes.push_back(layer_causes(model, *source->table, layer));
  const Width rough = rough_width(cost);
  for (size_t i = 0; i < causes.size(); ++i)
    record.layers[i].causes = shares_of(causes[i], width, rough);
  if (cost.no_cycles.empty()) record.causes = all_causes(causes, cost.cycles, width, rough);
  if (cost.no_cycles.empty()) record.why = why_sentence(graph, model, cost, causes);
  give_reason(record, std::string(kNotRun));
  for (LayerRecord& layer : record.layers) give_reason(layer, std::string(kNotRun));
  for (RegionRecord& region : record.regions) give_reason(region, std::string(kNotRun));
  return record;
}

}  // namespace assay
