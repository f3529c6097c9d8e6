// The instant answer: what a graph needs of a target and how long it takes, from tables alone.
//
//   const Prepared model = TRY(prepare(graph, {.dsp = true}));       // once a kind of core
//   const Estimate cost = estimate(model, *cost_source(target)->table);          // microseconds
//
// Bytes of constants and the arena are exact: the real lowering and planner give them. Code, stack
// and cycles come from what `assay bench` fitted on the target, or on its nearest relative.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "estimate/cost_table.h"
#include "estimate/plan.h"
#include "hw/target.h"
#include "ir/graph.h"
#include "ops/kernel_call.h"
#include "util/result.h"

namespace assay {

/// A graph lowered and planned, for all targets whose cores choose the same kernels.
struct Prepared {
  LowerOptions lower;
  MemoryPlan plan;
  std::vector<KernelCall> calls;                ///< by node
  std::vector<bool> rectified;                  ///< by node: its first input comes from a relu
  std::vector<KernelWork> work;                 ///< by node
  std::vector<int64_t> constant_bytes;          ///< by node: constants that it is the first to use
  std::vector<std::vector<Prepared>> bodies;    ///< by node: the graphs that it runs
  int64_t weights_bytes = 0, tables_bytes = 0;  ///< as linked; parameters are tables
  bool has_floats = false;                      ///< some kernel computes in floating point
};

/// Error: unsupported, for the first node that cannot be run.
Result<Prepared> prepare(const Graph& graph, const LowerOptions& options);

struct LayerEstimate {
  int node = -1;
  double cycles = 0;
  double cold_cycles = 0;         ///< of these: its code is in no cache yet
  double low_cycles = 0;          ///< of a layer by its work alone: what kernels of its kind ...
  double high_cycles = 0;         ///< ... would take; of others its cycles
  std::string_view rough_kernel;  ///< the kernel that was not benchmarked; "" if all were
  std::string reason;             ///< why there are no cycles
};

struct Estimate {
  int64_t flash_bytes = 0, weights_bytes = 0, tables_bytes = 0, kernels_bytes = 0;
  int64_t library_bytes = 0, model_code_bytes = 0, startup_bytes = 0;
  int64_t ram_bytes = 0, arena_bytes = 0, static_bytes = 0, stack_bytes = 0;
  int64_t code_off_bytes = 0;   ///< that flash may differ by for kernels that were not benchmarked
  int64_t stack_off_bytes = 0;  ///< that the stack may differ by for functions of subgraphs
  double cycles = 0, low_cycles = 0, high_cycles = 0;
  std::string no_cycles;              ///< why there are none; the first layer's reason
  std::vector<LayerEstimate> layers;  ///< in the order they run
};

Estimate estimate(const Prepared& model, const CostTable& table);

/// A region that overflows, or how much is left of one that does not.
struct RegionUse {
  std::string region;
  RegionKind kind = RegionKind::flash;
  int64_t used_bytes = 0, size_bytes = 0;
  int64_t left() const { return size_bytes - used_bytes; }
};

/// How the linker script would fill the regions: the first flash; the first RAM with .data, .bss
/// and the stack's reserve; the arena there or in the first that has room.
std::vector<RegionUse> fill_regions(const Estimate& estimate, const Target& target);

/// Tables that say something of a target: its own, or those of the same core.
struct CostSource {
  const CostTable* table = nullptr;         ///< the target's own, or the nearest relative's
  std::vector<const CostTable*> relatives;  ///< empty if the table is the target's own
  std::string basis;                        ///< "fitted on this target", "of pico, ..."
};
/// Error: unsupported, where no core like it was benchmarked.
Result<CostSource> cost_source(const Target& target);

/// How far estimates were off from what `assay measure` counted on models that no fit has seen
/// (data/estimates.csv), on this target or, if it has no rows, on all with its core.
struct EstimateErrors {
  int64_t models = 0;
  double mean_cycles = 0, worst_cycles = 0;  ///< relative
  double worst_flash_bytes = 0, worst_ram_bytes = 0;
  std::string of;  ///< the target, or "all targets with its core"
};
EstimateErrors errors_on(const Target& target, bool has_floats);

/// What a layer's cycles go to, most first; they sum to its cycles. "multiply-accumulate",
/// "weights from flash" ...
constexpr std::string_view kNotBenchmarked = "kernels not benchmarked",
                           kMakingOutputs = "making outputs";
using LayerCauses = std::vector<std::pair<std::string_view, double>>;
LayerCauses layer_causes(const Prepared& model, const CostTable& table, const LayerEstimate& layer);

/// "layer 2 takes 41 %: conv_2d 3x3 on 64 channels (kernel conv_2d_s8_dsp), bound by
/// multiply-accumulate (72 % of it); another 11 % is weights from flash"; `causes` are by layer.
std::string why_sentence(const Graph& graph, const Prepared& model, const Estimate& estimate,
                         std::span<const LayerCauses> causes);

}  // namespace assay
