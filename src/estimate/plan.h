// Memory before running: in what order the nodes run, how long each tensor lives, where in the
// arena it stands, and how near that is to the least possible.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ops/op.h"

namespace assay {

/// RAM that the arena leaves free in the region of .data, .bss and the stack, beside the stack's
/// own reserve.
constexpr int64_t kStaticAllowanceBytes = 512;

/// A stretch of arena: bytes wanted from step `first` to step `last`, both included.
struct Lifetime {
  int64_t bytes = 0;
  int first = 0, last = 0;
};

/// Where a buffer stands, and what it holds.
struct Placement {
  Lifetime lifetime;
  int64_t offset = 0;
  std::vector<TensorId>
      tensors;          ///< more than one when outputs take over their inputs; none: scratch
  int scratch_of = -1;  ///< the node, if it is scratch
};

struct MemoryPlan {
  std::vector<int> order;               ///< node indices as they run
  std::vector<Placement> placements;    ///< sorted by offset, then first step
  std::vector<int64_t> offset;          ///< by tensor; -1 where a tensor is not in the arena
  std::vector<int64_t> scratch_offset;  ///< by node; -1 where it has none
  int64_t state_bytes = 0;              ///< the arena's first part: variables, nothing else
  int64_t arena_bytes = 0;
  int64_t lower_bound_bytes = 0;    ///< the largest live set under `order`: no plan is smaller
  std::vector<int64_t> live_bytes;  ///< by step
  int peak_step = 0;
  std::string method;  ///< which order and heuristic won
};

/// Offsets for buffers so that no two that live together overlap. Best of several heuristics.
struct ArenaLayout {
  std::vector<int64_t> offset;
  int64_t arena_bytes = 0;
  std::string heuristic;
};
ArenaLayout lay_out(std::span<const Lifetime> buffers, int64_t alignment);

/// The largest sum of buffers alive at one step.
int64_t largest_live_set(std::span<const Lifetime> buffers);

/// Plans the whole graph: `calls` are its lowered nodes (for scratch and in-place), by node.
MemoryPlan plan_memory(const Graph& graph, std::span<const KernelCall> calls);

}  // namespace assay
