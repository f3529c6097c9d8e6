// Sums over a graph, and the words that tell one layer from another.
#include "estimate/totals.h"

#include <algorithm>
#include <limits>
#include <set>

#include "estimate/plan.h"
#include "ops/control.h"
#include "ops/op.h"

namespace assay {

namespace {

/// a + b of numbers that are not negative; the largest number if that is too large.
int64_t saturating_sum(int64_t a, int64_t b) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return a > kMost - b ? kMost : a + b;
}

}  // namespace

Work work_of(const Graph& graph, const Node& node) {
  const OpDef* op = find_op(node.op);
  if (!op || !op->work || !node.trouble.empty()) return {};
  return op->work({graph, node});
}

Figure macs_figure(const Graph& graph, const Node& node) {
  return bodies_of({graph, node}).empty()
             ? Figure::exact(work_of(graph, node).macs)
             : Figure::none("which subgraphs run, and how often, depends on the data");
}

Figure macs_figure(const Graph& graph) {
  for (const Node& node : graph.nodes())
    if (const Figure figure = macs_figure(graph, node); !figure) return figure;
  return Figure::exact(totals(graph).macs);
}

Totals totals(const Graph& graph) {
  Totals sums;
  for (const Node& node : graph.nodes()) {
    sums.macs = saturating_sum(sums.macs, work_of(graph, node).macs);
    for (const Graph* body : bodies_of({graph, node})) {
      const Totals inner = totals(*body);
      sums.parameters = saturating_sum(sums.parameters, inner.parameters);
      sums.constant_bytes = saturating_sum(sums.constant_bytes, inner.constant_bytes);
    }
  }
  for (const Tensor& tensor : graph.tensors()) {
    if (!tensor.is_constant) continue;
    sums.constant_bytes = saturating_sum(sums.constant_bytes, tensor.bytes());
    const bool real = tensor.dtype == Dtype::f32 || tensor.dtype == Dtype::f16;
    if (real || !tensor.quant.empty())
      sums.parameters = saturating_sum(sums.parameters, tensor.shape.elements());
  }
  return sums;
}

std::string detail_of(const Graph& graph, const Node& node) {
  std::vector<std::string> words;
  const Attrs& attrs = node.attrs;
  const auto pair = [&](const char* h, const char* w) {
    return std::pair(attrs.integer(h, 0), attrs.integer(w, 0));
  };
  // The window: a pool has it as attributes, a convolution in its filter's shape (OHWI or 1HWC).
  auto [height, width] = pair("filter_height", "filter_width");
  if (height == 0 && node.inputs.size() > 1 && node.inputs[1] != kNoTensor) {
    const Shape& filter = graph.tensor(node.inputs[1]).shape;
    if (filter.rank() == 4 && attrs.integer("stride_h", 0) > 0)
      height = filter[1], width = filter[2];
  }
  if (height > 0) words.push_back(fmt::format("{}x{}", height, width));
  if (const auto [h, w] = pair("stride_h", "stride_w"); h > 1 || w > 1)
    words.push_back(h == w ? fmt::format("s{}", h) : fmt::format("s{}x{}", h, w));
  if (const auto [h, w] = pair("dilation_h", "dilation_w"); h > 1 || w > 1)
    words.push_back(h == w ? fmt::format("d{}", h) : fmt::format("d{}x{}", h, w));
  if (const std::string act = attrs.word("activation", "none"); act != "none") words.push_back(act);
  if (node.op == "if") words.emplace_back("larger branch");
  if (node.op == "while") words.emplace_back("one turn");
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

LowerOptions lower_options(const Target& target, Optimize optimize) {
  return {{.dsp = target.dsp}, optimize};
}

namespace {

/// What the arena must hold while the node's bodies run, one at a time: their own arenas.
void plan_bodies(const NodeView& node, const LowerOptions& options, KernelCall& call) {
  for (const Graph* body : bodies_of(node)) {
    const std::vector<KernelCall> calls = lower_for_plan(*body, options, {});
    call.scratch_bytes = std::max(call.scratch_bytes, plan_memory(*body, calls).arena_bytes);
    for (const KernelCall& each : calls) call.needs_libm |= each.needs_libm;
  }
}

}  // namespace

std::vector<KernelCall> lower_for_plan(const Graph& graph, const LowerOptions& options,
                                       std::span<const Unsupported> reasons) {
  std::set<int> not_runnable;
  for (const Unsupported& each : reasons) not_runnable.insert(each.node);
  std::vector<KernelCall> calls;
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const OpDef* op = find_op(node.op);
    if (op && op->lower && !not_runnable.contains(static_cast<int>(i))) {
      calls.push_back(op->lower({graph, node}, options));
      plan_bodies({graph, node}, options, calls.back());
    } else {
      calls.emplace_back();
      calls.back().kernel = "none here";  // not empty: that would make it a view of its input
    }
  }
  return calls;
}

}  // namespace assay
