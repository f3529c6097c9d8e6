// Two kinds of bottleneck that no cause of cycles names.
//
// Requantisation is arithmetic like any other to the core: multiplies, shifts, clamps. The cost
// table knows it apart: what each kernel takes for an output, beside what it takes for a product.
// Operators of elements that rescale integers do nothing else. A RAM is short when it is nearly
// full; then the layers at the peak decide whether the model fits, whatever their cycles are.
// Not handled: kernels without a row in the cost table, other than those that only rescale.
#include "explain/bounds.h"

#include <algorithm>

#include "estimate/estimate.h"
#include "estimate/totals.h"

namespace assay {
namespace {

/// How full a RAM is when it decides what one can change.
constexpr double kShort = 0.9;

/// Integer operators whose kernels rescale each element and compute next to nothing beside.
constexpr std::string_view kRescaling[] = {
    "add",          "sub",        "mul",   "quantize",
    "dequantize",   "leaky_relu", "prelu", "squared_difference",
    "concatenation"};

double value_or_zero(const Figure& figure) { return figure ? figure.number() : 0; }

bool is_short(const RegionRecord& region) {
  return region.kind == "ram" && region.size_bytes &&
         value_or_zero(region.used_bytes) >= kShort * region.size_bytes.number();
}

bool rescales(const LayerRecord& layer) {
  return (layer.dtype == "int8" || layer.dtype == "int16") && layer.cycles &&
         value_or_zero(layer.macs) == 0 &&
         std::ranges::find(kRescaling, layer.op) != std::end(kRescaling);
}

/// By place in the order of running: the cost table's largest cause is making outputs.
std::vector<bool> mostly_outputs(const Record& record, const Graph& graph, const Target& target) {
  std::vector<bool> found(record.layers.size(), false);
  const Result<CostSource> source = cost_source(target);
  if (!source) return found;
  const Result<Prepared> model = prepare(graph, lower_options(target, Optimize::balanced));
  if (!model) return found;
  const Estimate cost = estimate(*model, *source->table);
  for (size_t i = 0; i < std::min(found.size(), cost.layers.size()); ++i) {
    const LayerCauses causes = layer_causes(*model, *source->table, cost.layers[i]);
    const std::string& dtype = record.layers[i].dtype;
    found[i] = !causes.empty() && causes[0].first == kMakingOutputs &&
               (dtype == "int8" || dtype == "int16");
  }
  return found;
}

}  // namespace

std::vector<std::string> overflowing(const Record& record) {
  std::vector<std::string> kinds;
  for (const RegionRecord& region : record.regions)
    if (region.size_bytes && value_or_zero(region.used_bytes) > region.size_bytes.number() &&
        std::ranges::find(kinds, region.kind) == kinds.end())
      kinds.push_back(region.kind);
  return kinds;
}

void add_bounds(Record& record, const Graph& graph, const Target& target) {
  const std::vector<bool> outputs = mostly_outputs(record, graph, target);
  for (size_t i = 0; i < record.layers.size(); ++i)
    if (record.layers[i].cycles && (outputs[i] || rescales(record.layers[i])))
      record.layers[i].bound_by = kRequantisation;
  if (record.layers.empty() || std::ranges::none_of(record.regions, is_short)) return;
  double peak = 0;
  for (const LayerRecord& layer : record.layers)
    peak = std::max(peak, value_or_zero(layer.arena_bytes));
  for (LayerRecord& layer : record.layers) {
    if (peak <= 0 || value_or_zero(layer.arena_bytes) < peak) continue;
    layer.bound_by += (layer.bound_by.empty() ? "" : ", ") + std::string(kMemoryCapacity);
  }
}

}  // namespace assay
