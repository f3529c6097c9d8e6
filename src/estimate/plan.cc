// Lifetimes, in-place outputs, and the plan: the best layout over the candidate orders.
//
// Two tensors share a buffer when the operator works in place and its input dies there, or when the
// output is a mere view of its input. Scratch lives during its node. Inputs live from the first
// step, outputs to the last, so that the application can fill and read them in the arena. Variables
// live beyond the inference: they stand one after the other at the arena's beginning, shared with
// nothing, and the layout is of the rest.
#include "estimate/plan.h"

#include <algorithm>
#include <numeric>

#include "estimate/order.h"

namespace assay {
namespace {

constexpr int64_t kAlignmentBytes = 8;  // int64 outputs; words for the DSP kernels

/// Tensors that share bytes, as a forest with path halving.
struct Sharing {
  std::vector<size_t> parent;
  explicit Sharing(size_t n) : parent(n) { std::iota(parent.begin(), parent.end(), size_t{0}); }
  size_t find(size_t t) {
    while (parent[t] != t) t = parent[t] = parent[parent[t]];
    return t;
  }
};

struct Spans {
  std::vector<Lifetime> by_tensor;  // first == -1: not in the arena
};

Spans tensor_spans(const Graph& graph, const std::vector<int>& order) {
  Spans spans{std::vector<Lifetime>(graph.tensors().size(), Lifetime{0, -1, -1})};
  const int last = static_cast<int>(order.size()) - 1;
  const auto touch = [&](TensorId id, int step) {
    if (id == kNoTensor || graph.tensor(id).is_constant) return;
    Lifetime& span = spans.by_tensor[static_cast<size_t>(id)];
    span.bytes = graph.tensor(id).bytes();
    if (span.first < 0) span.first = step;
    span.last = std::max(span.last, step);
  };
  for (const TensorId id : graph.inputs()) touch(id, 0);
  for (const TensorId id : graph.state()) {
    touch(id, 0);
    touch(id, std::max(last, 0));
  }
  for (int step = 0; step <= last; ++step) {
    const Node& node = graph.nodes()[static_cast<size_t>(order[static_cast<size_t>(step)])];
    for (const TensorId id : node.outputs) touch(id, step);
    for (const TensorId id : node.inputs) touch(id, step);
  }
  for (const TensorId id : graph.outputs()) touch(id, std::max(last, 0));
  return spans;
}

Sharing share(const Graph& graph, std::span<const KernelCall> calls, const std::vector<int>& order,
              const Spans& spans) {
  Sharing sharing(graph.tensors().size());
  std::vector<int> group_last(graph.tensors().size());
  for (size_t t = 0; t < group_last.size(); ++t) group_last[t] = spans.by_tensor[t].last;
  // The application reads outputs after the last step: no node may write over one.
  for (const TensorId id : graph.outputs())
    group_last[static_cast<size_t>(id)] = static_cast<int>(order.size());
  for (int step = 0; step < static_cast<int>(order.size()); ++step) {
    const auto index = static_cast<size_t>(order[static_cast<size_t>(step)]);
    const Node& node = graph.nodes()[index];
    const int shared = shared_input(graph, node, calls[index]);
    if (shared < 0) continue;
    const size_t from = sharing.find(static_cast<size_t>(node.inputs[static_cast<size_t>(shared)]));
    const auto to = static_cast<size_t>(node.outputs[0]);
    // Every tensor already in the buffer must be dead by now, or the node must only rename it.
    const bool twice =
        std::ranges::count(node.inputs, node.inputs[static_cast<size_t>(shared)]) > 1;
    if (!calls[index].kernel.empty() && (group_last[from] > step || twice)) continue;
    sharing.parent[to] = from;
    group_last[from] = std::max(group_last[from], group_last[to]);
  }
  return sharing;
}

std::vector<Placement> make_buffers(const Graph& graph, std::span<const KernelCall> calls,
                                    const std::vector<int>& order) {
  const Spans spans = tensor_spans(graph, order);
  Sharing sharing = share(graph, calls, order, spans);
  std::vector<Placement> buffers;
  std::vector<int> buffer_of(graph.tensors().size(), -1);
  for (size_t t = 0; t < graph.tensors().size(); ++t) {
    const Lifetime& span = spans.by_tensor[t];
    if (span.first < 0) continue;
    int& at = buffer_of[sharing.find(t)];
    if (at < 0) {
      at = static_cast<int>(buffers.size());
      buffers.push_back({span, 0, {}, -1});
    }
    Placement& buffer = buffers[static_cast<size_t>(at)];
    buffer.tensors.push_back(static_cast<TensorId>(t));
    buffer.lifetime = {std::max(buffer.lifetime.bytes, span.bytes),
                       std::min(buffer.lifetime.first, span.first),
                       std::max(buffer.lifetime.last, span.last)};
  }
  for (int step = 0; step < static_cast<int>(order.size()); ++step) {
    const int node = order[static_cast<size_t>(step)];
    const int64_t bytes = calls[static_cast<size_t>(node)].scratch_bytes;
    if (bytes > 0) buffers.push_back({{bytes, step, step}, 0, {}, node});
  }
  return buffers;
}

/// Places the variables, then the rest behind them.
ArenaLayout lay_out_behind_state(const Graph& graph, const std::vector<Placement>& buffers,
                                 MemoryPlan& plan) {
  const auto is_state = [&](const Placement& p) {
    return !p.tensors.empty() && graph.tensor(p.tensors.front()).is_variable;
  };
  std::vector<int64_t> state_offset;
  std::vector<Lifetime> others;
  for (const Placement& each : buffers) {
    if (!is_state(each)) {
      others.push_back(each.lifetime);
      continue;
    }
    state_offset.push_back(plan.state_bytes);
    plan.state_bytes +=
        (each.lifetime.bytes + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes;
  }
  ArenaLayout rest = lay_out(others, kAlignmentBytes);
  ArenaLayout whole{{}, plan.state_bytes + rest.arena_bytes, std::move(rest.heuristic)};
  size_t state = 0, other = 0;
  for (const Placement& each : buffers)
    whole.offset.push_back(is_state(each) ? state_offset[state++]
                                          : plan.state_bytes + rest.offset[other++]);
  return whole;
}

MemoryPlan plan_order(const Graph& graph, std::span<const KernelCall> calls,
                      const ExecutionOrder& order) {
  MemoryPlan plan;
  plan.order = order.nodes;
  plan.placements = make_buffers(graph, calls, order.nodes);
  std::vector<Lifetime> lifetimes;
  lifetimes.reserve(plan.placements.size());
  for (const Placement& each : plan.placements) lifetimes.push_back(each.lifetime);
  const ArenaLayout layout = lay_out_behind_state(graph, plan.placements, plan);
  plan.arena_bytes = layout.arena_bytes;
  plan.lower_bound_bytes = largest_live_set(lifetimes);
  plan.method = order.method + ", " + layout.heuristic;
  plan.offset.assign(graph.tensors().size(), -1);
  plan.scratch_offset.assign(graph.nodes().size(), -1);
  plan.live_bytes.assign(order.nodes.size(), 0);
  for (size_t b = 0; b < plan.placements.size(); ++b) {
    Placement& placed = plan.placements[b];
    placed.offset = layout.offset[b];
    for (const TensorId t : placed.tensors) plan.offset[static_cast<size_t>(t)] = placed.offset;
    if (placed.scratch_of >= 0)
      plan.scratch_offset[static_cast<size_t>(placed.scratch_of)] = placed.offset;
    for (int step = placed.lifetime.first;
         step <= placed.lifetime.last && step < static_cast<int>(plan.live_bytes.size()); ++step)
      plan.live_bytes[static_cast<size_t>(step)] += placed.lifetime.bytes;
  }
  const auto peak = std::ranges::max_element(plan.live_bytes);
  plan.peak_step =
      peak == plan.live_bytes.end() ? 0 : static_cast<int>(peak - plan.live_bytes.begin());
  std::ranges::stable_sort(plan.placements, {}, [](const Placement& p) {
    return std::pair(p.offset, p.lifetime.first);
  });
  return plan;
}

}  // namespace

MemoryPlan plan_memory(const Graph& graph, std::span<const KernelCall> calls) {
  MemoryPlan best;
  bool first = true;
  for (const ExecutionOrder& order : candidate_orders(graph, calls)) {
    MemoryPlan plan = plan_order(graph, calls, order);
    if (first || plan.arena_bytes < best.arena_bytes) best = std::move(plan);
    first = false;
  }
  return best;
}

}  // namespace assay
