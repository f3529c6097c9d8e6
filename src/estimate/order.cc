// Execution-order search.
//
// A beam search over the sets of nodes that have run: each state knows its live bytes and its peak;
// every ready node is tried; states with the same set keep the one with the lower peak; the best
// kBeam go on. Exact for graphs whose width is small (the beam then holds every set), a heuristic
// otherwise. Cost model: sums of live bytes with in-place outputs and scratch; the planner decides
// afterwards on real layouts. Compare Ahn et al., "Ordering Chaos: Memory-Aware Scheduling of
// Irregularly Wired Neural Networks for Edge Devices" (MLSys 2020), which searches the same space.
#include "estimate/order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "ops/op.h"

namespace assay {
namespace {

constexpr size_t kBeam = 64;
constexpr size_t kMaxNodes = 1000;  // larger graphs keep the file's order

struct State {
  std::vector<int> uses_left;   // by tensor
  std::vector<int> wants_left;  // by node: inputs still to be computed
  std::vector<int> ready;       // nodes that could run now, by index
  std::vector<int> order;
  uint64_t key = 0;  // of the set of nodes done
  int64_t live = 0, peak = 0;
};

/// What a state would become by running one of its ready nodes; not built unless it is kept.
struct Candidate {
  size_t state = 0;
  int node = 0;
  uint64_t key = 0;
  int64_t live = 0, peak = 0;
};

/// What the search asks about the graph again and again.
struct Costs {
  std::vector<int64_t> bytes;               // by tensor; 0 for constants, and state, always there
  std::vector<int> uses;                    // by tensor, outputs of the model count one more
  std::vector<std::vector<int>> consumers;  // by tensor
  std::vector<int> producer;                // by tensor; -1: an input
  std::vector<std::vector<int>> earlier;    // by node: what touches the same state before it
  std::vector<std::vector<int>> later;      // by node: the reverse
};

Costs costs_of(const Graph& graph) {
  const size_t n = graph.tensors().size();
  Costs costs{std::vector<int64_t>(n),
              std::vector<int>(n),
              std::vector<std::vector<int>>(n),
              std::vector<int>(n, -1),
              state_order(graph.nodes(), graph.tensors()),
              std::vector<std::vector<int>>(graph.nodes().size())};
  for (size_t i = 0; i < costs.earlier.size(); ++i)
    for (const int before : costs.earlier[i])
      costs.later[static_cast<size_t>(before)].push_back(static_cast<int>(i));
  for (size_t t = 0; t < n; ++t)
    if (!graph.tensors()[t].is_constant && !graph.tensors()[t].is_variable)
      costs.bytes[t] = graph.tensors()[t].bytes();
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    for (const TensorId t : node.inputs) {
      if (t == kNoTensor || graph.tensor(t).is_variable) continue;
      ++costs.uses[static_cast<size_t>(t)];
      costs.consumers[static_cast<size_t>(t)].push_back(static_cast<int>(i));
    }
    for (const TensorId t : node.outputs)
      if (!graph.tensor(t).is_variable)
        costs.producer[static_cast<size_t>(t)] = static_cast<int>(i);
  }
  for (const TensorId t : graph.outputs()) ++costs.uses[static_cast<size_t>(t)];
  return costs;
}

/// A number a node; the sum over a set tells sets apart (splitmix64, Steele et al. 2014).
uint64_t node_key(int node) {
  uint64_t z = (static_cast<uint64_t>(node) + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Live bytes and peak after running `index` in `state`.
Candidate look(const Graph& graph, const Costs& costs, std::span<const KernelCall> calls,
               const State& state, int index) {
  const Node& node = graph.nodes()[static_cast<size_t>(index)];
  const KernelCall& call = calls[static_cast<size_t>(index)];
  Candidate next{0, index, state.key + node_key(index), state.live, state.peak};
  int64_t output_bytes = 0;
  for (const TensorId t : node.outputs) output_bytes += costs.bytes[static_cast<size_t>(t)];
  const int shared = shared_input(graph, node, call);
  const TensorId heir = shared >= 0 ? node.inputs[static_cast<size_t>(shared)] : kNoTensor;
  const bool takes_over = heir != kNoTensor && state.uses_left[static_cast<size_t>(heir)] == 1;
  next.live += takes_over ? 0 : output_bytes;
  next.peak = std::max(next.peak, next.live + call.scratch_bytes);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const TensorId t = node.inputs[i];
    if (t == kNoTensor ||
        std::find(node.inputs.begin(), node.inputs.begin() + static_cast<int64_t>(i), t) !=
            node.inputs.begin() + static_cast<int64_t>(i))
      continue;  // counted at its first place
    const auto uses = std::ranges::count(node.inputs, t);
    if (state.uses_left[static_cast<size_t>(t)] > uses) continue;
    const int64_t bytes = costs.bytes[static_cast<size_t>(t)];
    // What the output took over was never added; only what it leaves is free.
    next.live -= takes_over && t == heir ? std::max<int64_t>(0, bytes - output_bytes) : bytes;
  }
  return next;
}

void run_node(const Graph& graph, const Costs& costs, const Candidate& chosen, State& state) {
  const Node& node = graph.nodes()[static_cast<size_t>(chosen.node)];
  state.key = chosen.key;
  state.live = chosen.live;
  state.peak = chosen.peak;
  state.order.push_back(chosen.node);
  std::erase(state.ready, chosen.node);
  for (const TensorId t : node.inputs)
    if (t != kNoTensor) --state.uses_left[static_cast<size_t>(t)];
  const auto let_go = [&state](int user) {
    if (--state.wants_left[static_cast<size_t>(user)] == 0) state.ready.push_back(user);
  };
  for (const TensorId t : node.outputs)
    if (!graph.tensor(t).is_variable)
      std::ranges::for_each(costs.consumers[static_cast<size_t>(t)], let_go);
  std::ranges::for_each(costs.later[static_cast<size_t>(chosen.node)], let_go);
  std::ranges::sort(state.ready);
}

State start(const Graph& graph, const Costs& costs) {
  const size_t nodes = graph.nodes().size();
  State state{costs.uses, std::vector<int>(nodes), {}, {}, 0, 0, 0};
  for (size_t n = 0; n < nodes; ++n) {
    state.wants_left[n] = static_cast<int>(costs.earlier[n].size());
    for (const TensorId t : graph.nodes()[n].inputs)
      if (t != kNoTensor && costs.producer[static_cast<size_t>(t)] >= 0) ++state.wants_left[n];
    if (state.wants_left[n] == 0) state.ready.push_back(static_cast<int>(n));
  }
  for (const TensorId t : graph.inputs()) state.live += costs.bytes[static_cast<size_t>(t)];
  state.peak = state.live;
  return state;
}

/// The best complete order that a beam finds, and its peak. Only what is kept is built: a step
/// costs kBeam copies however many nodes are ready.
State search(const Graph& graph, const Costs& costs, std::span<const KernelCall> calls) {
  std::vector<State> beam = {start(graph, costs)};
  for (size_t step = 0; step < graph.nodes().size(); ++step) {
    std::map<uint64_t, Candidate> by_set;
    for (size_t s = 0; s < beam.size(); ++s)
      for (const int node : beam[s].ready) {
        Candidate next = look(graph, costs, calls, beam[s], node);
        next.state = s;
        const auto [at, fresh] = by_set.try_emplace(next.key, next);
        if (!fresh && next.peak < at->second.peak) at->second = next;
      }
    std::vector<Candidate> kept;
    kept.reserve(by_set.size());
    for (const auto& [key, candidate] : by_set) kept.push_back(candidate);
    std::ranges::sort(
        kept, {}, [](const Candidate& c) { return std::tuple(c.peak, c.live, c.state, c.node); });
    if (kept.size() > kBeam) kept.resize(kBeam);
    std::vector<State> next_beam;
    for (const Candidate& candidate : kept) {
      next_beam.push_back(beam[candidate.state]);
      run_node(graph, costs, candidate, next_beam.back());
    }
    beam = std::move(next_beam);
  }
  return std::move(beam.front());
}

/// Whether some step has more than one node to choose from.
bool branches(const Costs& costs) {
  return std::ranges::any_of(costs.consumers, [](const auto& users) { return users.size() > 1; }) ||
         std::ranges::count(costs.producer, -1) > 1;
}

}  // namespace

int shared_input(const Graph& graph, const Node& node, const KernelCall& call) {
  const OpDef* op = find_op(node.op);
  if (!op || !op->shares_input || node.outputs.size() != 1) return -1;
  const int shared = op->shares_input({graph, node});
  if (shared < 0) return -1;
  const Tensor& input = graph.tensor(node.inputs[static_cast<size_t>(shared)]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  if (input.is_constant || input.is_variable || output.is_variable) return -1;
  const bool view = call.kernel.empty();
  return view || output.bytes() <= input.bytes() ? shared : -1;
}

std::vector<ExecutionOrder> candidate_orders(const Graph& graph,
                                             std::span<const KernelCall> calls) {
  std::vector<int> file_order(graph.nodes().size());
  std::iota(file_order.begin(), file_order.end(), 0);
  std::vector<ExecutionOrder> orders = {{file_order, "file order"}};
  const Costs costs = costs_of(graph);
  if (!branches(costs) || graph.nodes().size() > kMaxNodes) return orders;
  State as_filed = start(graph, costs);
  for (const int node : file_order)
    run_node(graph, costs, look(graph, costs, calls, as_filed, node), as_filed);
  State found = search(graph, costs, calls);
  if (found.peak < as_filed.peak) orders.push_back({std::move(found.order), "beam search"});
  return orders;
}

}  // namespace assay
