// Features times coefficients, layer by layer; sizes as the linker would sum them. A layer whose
// kernel has no features or was not benchmarked is estimated by its work (kernel_work.h).
//
// Not handled: --optimize size and speed (the tables are of `balanced`), gaps that the linker
// leaves between sections.
#include "estimate/estimate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>

#include "estimate/totals.h"
#include "hw/isa_family.h"
#include "hw/target_power.h"
#include "ops/control.h"
#include "ops/op.h"
#include "util/hash.h"

namespace assay {
namespace {

constexpr int64_t kParamBytes = 4;  // a pointer, an int32_t or a float

int64_t aligned(int64_t bytes) { return (bytes + 3) / 4 * 4; }

/// Constants of a node's call and of those that follow it, and inputs that are constants.
void add_constants(const Graph& graph, size_t node, const KernelCall& call,
                   std::set<std::pair<Dtype, std::string_view>>& seen, Prepared& model) {
  const auto add = [&](Dtype dtype, std::span<const std::byte> bytes, bool is_weight) {
    const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!seen.emplace(dtype, content).second) return;
    const auto size = static_cast<int64_t>(bytes.size());
    model.constant_bytes[node] += size;
    (is_weight ? model.weights_bytes : model.tables_bytes) += aligned(size);
  };
  for (const Constant& each : call.constants) add(each.dtype, each.bytes(), each.is_weight);
  for (const int i : call.inputs) {
    const Tensor& tensor = graph.tensor(graph.nodes()[node].inputs[static_cast<size_t>(i)]);
    if (tensor.is_constant) add(tensor.dtype, tensor.data, true);
  }
  model.tables_bytes += kParamBytes * static_cast<int64_t>(call.params.size());
  model.has_floats |= call.kernel.ends_with("_f32");
}

/// What the image gathers over its layers.
struct Gathered {
  std::set<std::string_view> kernels;
  std::set<std::string_view> library;
  int64_t deepest = 0;
};

/// A kernel's own bytes, once.
void add_kernel(const KernelCost& cost, Gathered& gathered, Estimate& sum) {
  sum.model_code_bytes += cost.layer_bytes;
  gathered.deepest = std::max(gathered.deepest, cost.stack_bytes);
  if (!gathered.kernels.insert(cost.kernel).second) return;
  sum.kernels_bytes += cost.code_bytes;
  sum.static_bytes = std::max(sum.static_bytes, cost.static_bytes);
  for (const std::string& function : cost.library) gathered.library.insert(function);
}

/// One call of a layer by its loops.
void add_call(const CallShape& shape, const KernelCost& cost, Gathered& gathered,
              LayerEstimate& layer, Estimate& sum) {
  if (!gathered.kernels.contains(cost.kernel)) layer.cold_cycles += cost.cold_cycles;
  add_kernel(cost, gathered, sum);
  layer.cycles += cost.predict(kernel_features(shape));
}

/// A kernel of which the table has neither code nor cycles: as large as the middle of its kind.
void add_unknown(std::string_view kernel, const RoughCost& rough, Gathered& gathered,
                 Estimate& sum) {
  sum.model_code_bytes += rough.layer_bytes;
  gathered.deepest = std::max(gathered.deepest, rough.stack_bytes);
  if (!gathered.kernels.insert(kernel).second) return;
  sum.kernels_bytes += (rough.least_code_bytes + rough.code_bytes) / 2;
  sum.code_off_bytes += rough.code_bytes;  // as large again: its library functions, its tables
}

/// A layer by its work alone, because `unknown` of its kernels has no cycles a loop.
void estimate_roughly(const KernelCall& call, const KernelCall& unknown, const KernelWork& work,
                      const CostTable& table, Gathered& gathered, LayerEstimate& layer,
                      Estimate& sum) {
  const std::optional<RoughCost> rough = rough_cost(table, unknown.kernel, work);
  if (!rough) {
    layer.reason = fmt::format("{} was not benchmarked on {}, and nothing like it", unknown.kernel,
                               table.target);
    return;
  }
  layer.rough_kernel = unknown.kernel;
  layer.cycles = rough->cycles;
  layer.low_cycles = rough->low;
  layer.high_cycles = rough->high;
  const auto add = [&](const KernelCall& each) {
    if (const KernelCost* cost = table.find(each.kernel))
      add_kernel(*cost, gathered, sum);
    else
      add_unknown(each.kernel, *rough, gathered, sum);
  };
  add(call);
  for (const KernelCall& more : call.then) add(more);
}

/// The first kernel without cycles a loop, or nullptr.
const KernelCall* first_unknown(const KernelCall& call, const CostTable& table) {
  const auto is_known = [&](const KernelCall& each) {
    const KernelCost* cost = table.find(each.kernel);
    return cost && !cost->cycles.empty() && has_features(each.kernel);
  };
  if (!is_known(call)) return &call;
  const auto at = std::ranges::find_if_not(call.then, is_known);
  return at == call.then.end() ? nullptr : &*at;
}

LayerEstimate layer_of(const Prepared& model, int node, const CostTable& table, Gathered& gathered,
                       Estimate& sum);

/// A node that runs graphs: their kernels, the functions and copies around them, and no cycles.
LayerEstimate control_layer(std::span<const Prepared> bodies, const CostTable& table,
                            Gathered& gathered, Estimate& sum) {
  constexpr int64_t kFrameBytes = 16;  // two functions more: a register and the return address each
  constexpr double kAroundBytes = 60;  // a body's copies
  LayerEstimate layer;
  layer.reason = "how often its subgraphs run depends on the data; `assay measure` counts it";
  for (const Prepared& body : bodies) {
    for (const int node : body.plan.order) layer_of(body, node, table, gathered, sum);
    const double code =
        kAroundBytes + static_cast<double>(body.calls.size()) * table.image.layer_bytes;
    sum.model_code_bytes += static_cast<int64_t>(code);
    sum.code_off_bytes += static_cast<int64_t>(code);
  }
  gathered.deepest += kFrameBytes;
  sum.stack_off_bytes += kFrameBytes;
  if (gathered.library.insert("memcpy").second)  // which the compiler may write out
    sum.code_off_bytes += table.library_bytes("memcpy");
  return layer;
}

LayerEstimate layer_of(const Prepared& model, int node, const CostTable& table, Gathered& gathered,
                       Estimate& sum) {
  const auto index = static_cast<size_t>(node);
  const KernelCall& call = model.calls[index];
  const bool rectified = model.rectified[index];
  LayerEstimate layer;
  if (!model.bodies[index].empty())
    layer = control_layer(model.bodies[index], table, gathered, sum);
  layer.node = node;
  if (call.kernel.empty() || !layer.reason.empty()) return layer;
  if (const KernelCall* unknown = first_unknown(call, table)) {
    estimate_roughly(call, *unknown, model.work[index], table, gathered, layer, sum);
    return layer;
  }
  add_call({call, table.cache, rectified}, *table.find(call.kernel), gathered, layer, sum);
  for (const KernelCall& more : call.then)
    add_call({more, table.cache, rectified}, *table.find(more.kernel), gathered, layer, sum);
  layer.cycles += layer.cold_cycles;
  layer.low_cycles = layer.high_cycles = layer.cycles;
  return layer;
}

/// A graph that can be run, and those that its nodes run; of equal constants the first counts.
Prepared prepared(const Graph& graph, const LowerOptions& options,
                  std::set<std::pair<Dtype, std::string_view>>& seen) {
  Prepared model;
  model.lower = options;
  model.calls = lower_for_plan(graph, options, {});
  model.plan = plan_memory(graph, model.calls);
  model.constant_bytes.resize(model.calls.size());
  model.bodies.resize(model.calls.size());
  for (const int node : model.plan.order) {
    const auto index = static_cast<size_t>(node);
    const KernelCall& call = model.calls[index];
    if (call.kernel.empty()) continue;
    add_constants(graph, index, call, seen, model);
    for (const KernelCall& more : call.then) add_constants(graph, index, more, seen, model);
    for (const Graph* body : bodies_of({graph, graph.nodes()[index]})) {
      const Prepared& inner = model.bodies[index].emplace_back(prepared(*body, options, seen));
      for (const int64_t bytes : inner.constant_bytes) model.constant_bytes[index] += bytes;
      model.weights_bytes += inner.weights_bytes;
      model.tables_bytes += inner.tables_bytes;
      model.has_floats |= inner.has_floats;
    }
  }
  for (const TensorId id : graph.state())
    if (!uniform_start(graph.tensor(id))) model.tables_bytes += aligned(graph.tensor(id).bytes());
  for (const Node& node : graph.nodes()) {
    const KernelCall& call = model.calls[model.rectified.size()];
    model.rectified.push_back(!node.inputs.empty() && is_rectified(graph, node.inputs[0]));
    model.work.push_back(kernel_work({graph, node}, call));
  }
  return model;
}

}  // namespace

Result<Prepared> prepare(const Graph& graph, const LowerOptions& options) {
  if (const std::vector<Unsupported> reasons = unsupported(graph); !reasons.empty())
    return fail(ErrorKind::unsupported, "node {} ({}): {}", reasons[0].node, reasons[0].op,
                reasons[0].reason);
  std::set<std::pair<Dtype, std::string_view>> seen;
  return prepared(graph, options, seen);
}

Estimate estimate(const Prepared& model, const CostTable& table) {
  Estimate sum;
  Gathered gathered;
  double layers = 0;
  for (const int node : model.plan.order) {
    sum.layers.push_back(layer_of(model, node, table, gathered, sum));
    const LayerEstimate& layer = sum.layers.back();
    if (sum.no_cycles.empty()) sum.no_cycles = layer.reason;
    sum.cycles += layer.cycles;
    sum.low_cycles += layer.low_cycles;
    sum.high_cycles += layer.high_cycles;
    if (!model.calls[static_cast<size_t>(node)].kernel.empty()) ++layers;
  }
  for (const std::string_view function : gathered.library)
    sum.library_bytes += table.library_bytes(function);
  const double between = table.image.cycles + layers * table.image.layer_cycles;
  for (double* cycles : {&sum.cycles, &sum.low_cycles, &sum.high_cycles}) *cycles += between;
  sum.weights_bytes = model.weights_bytes;
  sum.tables_bytes = model.tables_bytes;
  sum.startup_bytes = table.image.startup_bytes;
  sum.model_code_bytes +=
      static_cast<int64_t>(table.image.invoke_bytes + layers * table.image.layer_bytes);
  sum.flash_bytes = sum.weights_bytes + sum.tables_bytes + sum.kernels_bytes + sum.library_bytes +
                    aligned(sum.model_code_bytes) + sum.startup_bytes;
  sum.arena_bytes = model.plan.arena_bytes;
  sum.stack_bytes = table.image.stack_bytes + gathered.deepest;
  sum.ram_bytes = sum.arena_bytes + sum.static_bytes + sum.stack_bytes;
  return sum;
}

std::vector<RegionUse> fill_regions(const Estimate& cost, const Target& target) {
  std::vector<RegionUse> uses;
  for (const MemoryRegion& region : target.regions) {
    const bool first =
        std::ranges::none_of(uses, [&](const RegionUse& use) { return use.kind == region.kind; });
    RegionUse use{region.name, region.kind, 0, region.size_bytes};
    if (first && region.kind == RegionKind::flash) {
      use.size_bytes -= target.image_offset_bytes;
      use.used_bytes = cost.flash_bytes;
    }
    if (first && region.kind == RegionKind::ram)
      use.used_bytes = cost.static_bytes + isa_family(target.isa).stack_reserve_bytes;
    uses.push_back(std::move(use));
  }
  RegionUse* home = nullptr;  // as measure/linker_script.cc: the first with room, or the largest
  RegionUse* largest = nullptr;
  const RegionUse* first = nullptr;
  const int64_t beside = kStaticAllowanceBytes + isa_family(target.isa).stack_reserve_bytes;
  for (RegionUse& use : uses) {
    if (use.kind != RegionKind::ram) continue;
    if (!first) first = &use;
    const int64_t room = use.size_bytes - (&use == first ? beside : 0);
    if (!home && cost.arena_bytes <= room) home = &use;
    if (!largest || use.size_bytes > largest->size_bytes) largest = &use;
  }
  if (RegionUse* at = home ? home : largest) at->used_bytes += cost.arena_bytes;
  return uses;
}

namespace {

/// How unlike two targets' memories are, as far as that decides what kernels cost.
double distance(const Target& a, const Target& b) {
  const auto waits = [](const Target& target) {
    for (const MemoryRegion& region : target.regions)
      if (region.kind == RegionKind::flash) return region.wait_states(target.clock_hz).value_or(20);
    return 20;
  };
  const ConstantCache x = constant_cache(a), y = constant_cache(b);
  const auto bytes = [](const ConstantCache& cache) {
    return static_cast<double>(cache.line_bytes * cache.sets * cache.ways);
  };
  return std::abs(waits(a) - waits(b)) + (x.sets == 0) * 4.0 + std::abs(bytes(x) - bytes(y)) / 4096;
}

}  // namespace

Result<CostSource> cost_source(const Target& target) {
  const CostTable* own = shipped_cost_table(target.name);
  if (own && own->target_hash == hash_hex(text_without_currents(target)))
    return CostSource{own, {}, ""};
  CostSource source;
  double nearest = 0;
  for (const CostTable& table : shipped_cost_tables()) {
    if (table.core != target.core || table.dsp != target.dsp) continue;
    const Target relative = TRY(load_target(table.target));
    const double far = distance(target, relative);
    if (!source.table || far < nearest) {
      source.table = &table;
      nearest = far;
    }
    source.relatives.push_back(&table);
  }
  if (!source.table)
    return fail(ErrorKind::unsupported,
                "no shipped target with a {} like it was benchmarked; `assay measure` builds and "
                "runs firmware instead",
                target.core);
  source.basis = fmt::format("{} was not benchmarked: costs of {}, the nearest of {} with its core",
                             target.name, source.table->target, source.relatives.size());
  return source;
}

}  // namespace assay
