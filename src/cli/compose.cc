// Facts -> Record. Nothing is computed here that is not a sum, a product with the clock, or an
// interval that the core's validation gives.
#include "cli/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "estimate/energy.h"
#include "estimate/totals.h"
#include "record/give_reason.h"
#include "util/hash.h"
#include "util/text.h"

namespace assay {
namespace {

/// What a model counted: none to all of `most`.
Figure modelled_count(int64_t count, int64_t most) {
  return Figure::modelled(static_cast<double>(count), 0, static_cast<double>(most));
}

int64_t look_ups(const CacheTraffic& cache) { return cache.hits + cache.misses; }

/// Of exact figures; without one of them, its reason.
Figure sum(const Figure& a, const Figure& b) {
  if (!a || !b) return a ? b : a;
  return Figure::exact(static_cast<int64_t>(a.number() + b.number()));
}

/// Bytes of arena in use while a step runs, by position in the order.
LayerRecord describe_layer(const Graph& graph, const Program& program, size_t position) {
  const LayerSymbol& symbol = program.layers[position];
  const Node& node = graph.nodes()[static_cast<size_t>(symbol.node)];
  const Tensor& out = graph.tensor(node.outputs[0]);
  LayerRecord layer;
  layer.index = static_cast<int64_t>(position);
  layer.op = node.op;
  layer.name = out.name;
  layer.detail = symbol.symbol.empty() ? "view of its input" : detail_of(graph, node);
  layer.output_shape = text(out.shape);
  layer.dtype = name(out.dtype);
  layer.macs = macs_figure(graph, node);
  layer.constant_bytes = Figure::exact(symbol.constant_bytes);
  layer.arena_bytes = Figure::exact(program.plan.live_bytes[position]);
  return layer;
}

/// Scratch has the name of the layer's output that it serves.
BufferRecord describe_buffer(const Graph& graph, const Placement& placed) {
  const bool scratch = placed.scratch_of >= 0;
  const TensorId tensor = scratch ? graph.nodes()[static_cast<size_t>(placed.scratch_of)].outputs[0]
                                  : placed.tensors.front();
  BufferRecord row;
  row.name = graph.tensor(tensor).name;
  row.what = scratch ? "scratch" : "tensor";
  row.offset_bytes = Figure::exact(placed.offset);
  row.bytes = Figure::exact(placed.lifetime.bytes);
  row.first_layer = std::max(placed.lifetime.first, 0);
  row.last_layer = std::max(placed.lifetime.last, 0);
  return row;
}

RegionRecord region_row(const std::string& name, RegionKind kind, int64_t used_bytes,
                        int64_t size_bytes) {
  RegionRecord row;
  row.name = name;
  row.kind = kind == RegionKind::flash ? "flash" : "ram";
  row.used_bytes = Figure::exact(used_bytes);
  row.size_bytes = Figure::exact(size_bytes);
  return row;
}

/// Parts that are not 0: `value(i)` of names[i].
template <class Name, class Value>
Shares parts(size_t count, Name part_name, Value value) {
  Shares shares;
  for (size_t i = 0; i < count; ++i)
    if (const Figure figure = value(i); figure.number() > 0)
      shares.push_back({std::string(part_name(i)), figure});
  return shares;
}

void add_counts(LayerRecord& layer, const Counts& counts, const CountedOn& on,
                const RunPower& power) {
  add_counters(layer, counts, on);
  layer.latency_us = latency_figure(layer.cycles, on.target);
  layer.energy_uj = energy_uj(layer.latency_us, power);
  layer.bound_by = bound_by(counts);
}

/// What a record, its layers and its functions have alike.
template <class Row>
void add_sums(Row& row, const Counts& counts, const CoreTiming& core) {
  row.instructions = Figure::exact(counts.instructions);
  row.cycles = cycles_figure(static_cast<double>(counts.cycles), core);
  row.causes = cause_shares(counts.causes, core);
  row.loads = Figure::exact(counts.loads);
  row.stores = Figure::exact(counts.stores);
  row.branches_taken = Figure::exact(counts.branches_taken);
  row.branches_not_taken = Figure::exact(counts.branches_not_taken);
  row.macs_executed = Figure::exact(counts.macs);
  row.calls = Figure::exact(counts.calls);
  row.mispredicted =
      modelled_count(counts.mispredicted, counts.branches_taken + counts.branches_not_taken);
  row.unaligned = Figure::exact(counts.unaligned);
}

/// What was asked of each memory: of the record's regions, and a row for each cache.
void add_traffic(Record& record, const Counts& total, const CountedOn& on) {
  for (RegionRecord& row : record.regions)
    for (size_t i = 0; i < on.target.regions.size() && i < kMaxRegions; ++i) {
      if (on.target.regions[i].name != row.name) continue;
      const RegionTraffic& traffic = total.regions[i];
      row.loads = Figure::exact(traffic.loads);
      row.load_bytes = Figure::exact(traffic.load_bytes);
      row.stores = Figure::exact(traffic.stores);
      row.store_bytes = Figure::exact(traffic.store_bytes);
      row.fetches = Figure::exact(traffic.fetches);
    }
  for (size_t i = 0; i < on.caches.size() && i < kMaxCaches; ++i)
    record.caches.push_back({on.caches[i],
                             modelled_count(total.caches[i].hits, look_ups(total.caches[i])),
                             modelled_count(total.caches[i].misses, look_ups(total.caches[i]))});
}

void add_functions(Record& record, const RunFacts& facts, const ElfFile& elf, const CountedOn& on) {
  std::vector<FunctionCounts> functions = facts.first.functions;
  std::ranges::stable_sort(functions, std::greater{},
                           [](const FunctionCounts& f) { return f.counts.cycles; });
  for (const FunctionCounts& function : functions) {
    const ElfSymbol* symbol = elf.find(function.name);
    FunctionRecord& row = record.functions.emplace_back();
    row.name = function.name;
    row.code_bytes = symbol ? Figure::exact(symbol->bytes) : Figure::none("no such symbol");
    row.entries = Figure::exact(function.entries);
    row.frame_bytes = stack_figure(facts.no_stack, function.frame_bytes);
    row.stack_bytes = stack_figure(facts.no_stack, function.stack_bytes);
    add_counters(row, function.counts, on);
  }
}

}  // namespace

Figure cycles_figure(double value, const CoreTiming& core) {
  // The model's own value stays inside its interval.
  return Figure::modelled(value, value * std::min(1.0, core.validation.low),
                          value * std::max(1.0, core.validation.high));
}

template <class Row>
void add_counters(Row& row, const Counts& counts, const CountedOn& on) {
  add_sums(row, counts, on.core);
  int64_t loaded = 0, stored = 0;
  for (const RegionTraffic& region : counts.regions) {
    loaded += region.load_bytes;
    stored += region.store_bytes;
  }
  row.load_bytes = Figure::exact(loaded);
  row.store_bytes = Figure::exact(stored);
  row.classes = parts(
      kInsnClasses, [](size_t i) { return name(static_cast<InsnClass>(i)); },
      [&](size_t i) { return Figure::exact(counts.by_class[i]); });
  const auto by_region = [&](int64_t RegionTraffic::*part) {
    return parts(
        std::min(on.target.regions.size(), kMaxRegions),
        [&](size_t i) { return on.target.regions[i].name; },
        [&](size_t i) { return Figure::exact(counts.regions[i].*part); });
  };
  row.region_loads = by_region(&RegionTraffic::loads);
  row.region_load_bytes = by_region(&RegionTraffic::load_bytes);
  row.region_stores = by_region(&RegionTraffic::stores);
  row.region_store_bytes = by_region(&RegionTraffic::store_bytes);
  row.region_fetches = by_region(&RegionTraffic::fetches);
  const auto by_cache = [&](int64_t CacheTraffic::*part) {
    return parts(
        std::min(on.caches.size(), kMaxCaches), [&](size_t i) { return on.caches[i]; },
        [&](size_t i) {
          return modelled_count(counts.caches[i].*part, look_ups(counts.caches[i]));
        });
  };
  row.cache_hits = by_cache(&CacheTraffic::hits);
  row.cache_misses = by_cache(&CacheTraffic::misses);
}
template void add_counters(LayerRecord&, const Counts&, const CountedOn&);
template void add_counters(FunctionRecord&, const Counts&, const CountedOn&);

void add_counters(Record& record, const Counts& counts, const CountedOn& on) {
  add_sums(record, counts, on.core);
  record.latency_us = latency_figure(record.cycles, on.target);
  add_traffic(record, counts, on);
  for (size_t cls = 0; cls < kInsnClasses; ++cls)
    if (counts.by_class[cls] > 0)
      record.classes.push_back(
          {std::string(name(static_cast<InsnClass>(cls))), Figure::exact(counts.by_class[cls])});
}

Figure stack_figure(const std::string& no_stack, int64_t bytes) {
  return no_stack.empty() ? Figure::exact(bytes) : Figure::none(no_stack);
}

Figure heap_figure(const HeapUse& heap) {
  if (heap.kind == HeapUse::unknown)
    return Figure::none("the image has an allocator or no symbols, and nothing followed its _sbrk");
  return Figure::exact(heap.bytes);
}

Shares cause_shares(const CauseTicks& causes, const CoreTiming& core) {
  Shares shares;
  for (size_t i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (causes[cause] == 0) continue;
    const double cycles = static_cast<double>(causes[cause]) / kTicksPerCycle;
    shares.push_back({std::string(name(cause)), cycles_figure(cycles, core)});
  }
  return shares;
}

std::string bound_by(const Counts& counts) {
  std::map<std::string_view, int64_t> ticks;
  for (size_t i = 0; i < kCauses; ++i)
    ticks[group(static_cast<Cause>(i))] += counts.causes[static_cast<Cause>(i)];
  const auto most =
      std::ranges::max_element(ticks, {}, [](const auto& each) { return each.second; });
  return most->second > 0 ? std::string(most->first) : "";
}

Figure latency_figure(const Figure& cycles, const Target& target) {
  if (!cycles) return Figure::none(cycles.reason);
  const double us_a_cycle = 1e6 / static_cast<double>(target.clock_hz);
  return Figure::modelled(cycles.number() * us_a_cycle, cycles.low * us_a_cycle,
                          cycles.high * us_a_cycle);
}

std::string cycles_basis(const Target& target, const CoreTiming& core) {
  if (const std::string unknown = target.unknown_waits(); !unknown.empty())
    return fmt::format(
        "NOT validated on this part: the waits of its {} are not known and not modelled; "
        "carried over, and widened, from {}",
        unknown, core.validation.against);
  if (core.validation.of_part) return core.validation.against;
  return fmt::format("NOT validated on this part's memory ({}): carried over from {}",
                     target.memory_system, core.validation.against);
}

Record describe_inputs(const Graph& graph, const Target& target, const CoreTiming& core,
                       const Program& program, const MeasureOptions& options) {
  const Totals sums = totals(graph);
  Record record;
  record.assay_version = ASSAY_VERSION;
  record.model = graph.name();
  record.model_format = graph.format();
  record.model_hash = hash_hex(graph.file());
  record.target = target.name;
  record.part = target.part;
  record.core = core.name;
  record.memory_system = target.memory_system;
  record.data_hash = hash_hex(target.file_text + core.file_text);
  record.clock_hz = Figure::exact(target.clock_hz);
  record.runtime = program.runtime;
  record.optimize = name(options.optimize);
  record.semantics = "tflm";
  record.macs = macs_figure(graph);
  record.parameters = Figure::exact(sums.parameters);
  record.arena_bytes = Figure::exact(program.plan.arena_bytes);
  record.arena_lower_bound_bytes = Figure::exact(program.plan.lower_bound_bytes);
  for (size_t i = 0; i < program.layers.size(); ++i)
    record.layers.push_back(describe_layer(graph, program, i));
  for (const Placement& placed : program.plan.placements)
    record.buffers.push_back(describe_buffer(graph, placed));
  return record;
}

void add_no_image(Record& record, const std::string& reason) {
  give_reason(record, reason);
  for (LayerRecord& layer : record.layers) give_reason(layer, reason);
  for (RegionRecord& region : record.regions) give_reason(region, reason);
  if (record.fits.empty()) record.fits = "not known: " + reason;
  if (record.verified.empty()) record.verified = "not verified: " + reason;
  record.troubles.push_back({"image", reason});
}

void add_overflows(Record& record, const Target& target, const std::vector<Overflow>& overflows) {
  const std::string list = text(std::span(overflows));
  record.fits = fmt::format("no: {} (with {} B kept for the stack)", list,
                            isa_family(target.isa).stack_reserve_bytes);
  for (const Overflow& each : overflows)
    for (const MemoryRegion& region : target.regions)
      if (region.name == each.region)
        record.regions.push_back(region_row(region.name, region.kind,
                                            region.size_bytes + each.bytes, region.size_bytes));
  add_no_image(record, "the image does not fit: " + list);
}

void add_footprint(Record& record, const Footprint& bytes, const ElfFile& elf,
                   const Program& program) {
  record.flash_bytes = Figure::exact(bytes.flash_bytes);
  record.code_bytes = Figure::exact(bytes.code_bytes);
  record.constant_bytes = Figure::exact(bytes.constant_bytes);
  record.static_ram_bytes = Figure::exact(bytes.data_bytes + bytes.bss_bytes);
  const std::pair<const char*, int64_t> flash[] = {
      {"weights", bytes.weights_bytes},  {"tables", bytes.tables_bytes},
      {"kernels", bytes.kernels_bytes},  {"model code", bytes.model_code_bytes},
      {"start-up", bytes.startup_bytes}, {"libc", bytes.libc_bytes},
      {"other", bytes.other_bytes}};
  for (const auto& [what, size] : flash)
    if (size > 0) record.components.push_back({"flash", what, Figure::exact(size)});
  record.components.push_back({"ram", "arena", Figure::exact(bytes.arena_bytes)});
  record.components.push_back({"ram", "static", Figure::exact(bytes.data_bytes + bytes.bss_bytes)});
  for (const Footprint::Region& region : bytes.regions)
    record.regions.push_back(
        region_row(region.name, region.kind, region.used_bytes, region.size_bytes));
  for (size_t i = 0; i < record.layers.size(); ++i) {
    const std::string& name = program.layers[i].symbol;
    const ElfSymbol* symbol = elf.find_function(name);
    record.layers[i].code_bytes = symbol ? Figure::exact(symbol->bytes)
                                  : name.empty()
                                      ? Figure::exact(0)
                                      : Figure::none("the compiler left no function " + name);
  }
  record.fits = "yes";
}

void add_run(Record& record, const RunFacts& facts, const ElfFile& elf, const Target& target,
             const CoreTiming& core) {
  const Counts& total = facts.first.total;
  const RunPower power = run_power(target);
  const CountedOn on{target, core, facts.caches};
  add_counters(record, total, on);
  const auto by_instructions = [](const Counts& a, const Counts& b) {
    return a.instructions < b.instructions;
  };
  record.instructions_least =
      Figure::exact(std::ranges::min(facts.inferences, by_instructions).instructions);
  record.instructions_most =
      Figure::exact(std::ranges::max(facts.inferences, by_instructions).instructions);
  record.energy_uj = energy_uj(record.latency_us, power);
  record.stack_bytes = stack_figure(facts.no_stack, facts.stack_bytes);
  record.heap_bytes = heap_figure(heap_of(elf));
  record.components.push_back({"ram", "stack (peak)", record.stack_bytes});
  record.ram_bytes = sum(sum(record.static_ram_bytes, record.arena_bytes), record.stack_bytes);
  record.cycles_basis = cycles_basis(target, core);
  record.energy_basis = power.reason.empty() ? power.basis : power.reason;
  for (size_t i = 0; i < record.layers.size(); ++i) {
    if (!record.layers[i].code_bytes) {
      give_reason(record.layers[i], record.layers[i].code_bytes.reason);
      continue;
    }
    const bool counted = i < facts.first.layers.size();
    add_counts(record.layers[i], counted ? facts.first.layers[i] : Counts{}, on, power);
    record.layers[i].stack_bytes =
        stack_figure(facts.no_stack, counted ? facts.first.layer_stack_bytes[i] : 0);
  }
  add_functions(record, facts, elf, on);
  for (const UnknownInsn& each : facts.unknown)
    record.troubles.push_back(
        {"timing of " + each.mnemonic,
         fmt::format("not known to the core's model; {} executed, timed as alu", each.executed)});
  for (const std::string& note : facts.notes) record.troubles.push_back({"run", note});
}

void add_spread(Record& record, const std::vector<Counts>& inferences, const Target& target,
                const CoreTiming& core) {
  std::vector<int64_t> cycles;
  double sum = 0;
  for (const Counts& counts : inferences) {
    cycles.push_back(counts.cycles);
    sum += static_cast<double>(counts.cycles);
  }
  SpreadRecord& row = record.spread.emplace_back();
  row.rows = static_cast<int64_t>(cycles.size());
  row.slowest_row = std::ranges::max_element(cycles) - cycles.begin();
  std::ranges::sort(cycles);
  // Nearest rank: the smallest value that so many of the rows do not exceed.
  const auto percentile = [&](int64_t percent) {
    const auto rank = (row.rows * percent + 99) / 100;
    return cycles_figure(static_cast<double>(cycles[static_cast<size_t>(rank - 1)]), core);
  };
  row.mean_cycles = cycles_figure(sum / static_cast<double>(row.rows), core);
  row.p50_cycles = percentile(50);
  row.p95_cycles = percentile(95);
  row.p99_cycles = percentile(99);
  row.most_cycles = percentile(100);
  row.most_latency_us = latency_figure(row.most_cycles, target);
}

void add_warm_run(Record& record, const Counts& second, const Target& target,
                  const CoreTiming& core) {
  record.warm_cycles = cycles_figure(static_cast<double>(second.cycles), core);
  record.warm_latency_us = latency_figure(record.warm_cycles, target);
  record.warm_causes = cause_shares(second.causes, core);
}

}  // namespace assay
