// assay inspect MODEL: what is in a model file, and how much memory it needs over time.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>

#include "cli/common.h"
#include "cli/remedies.h"
#include "estimate/draw.h"
#include "estimate/totals.h"
#include "import/importer.h"
#include "ir/print.h"
#include "ops/control.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int kArenaColumns = 48;

constexpr Option kOptions[] = {
    {"model", "MODEL", "the model file", Option::operand, true},
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    {"on",
     "TARGET",
     "plan with the kernels of that target, their scratch included",
     Option::value,
     false,
     {},
     "target"},
    {"json", "FILE", "write everything as JSON; - for standard output"},
    {"dot", "FILE", "write the graph for Graphviz; - for standard output"},
};

void print_tensors(std::ostream& out, const Graph& graph, const char* kind,
                   const std::vector<TensorId>& ids) {
  for (const TensorId id : ids) {
    const Tensor& tensor = graph.tensor(id);
    const std::string quant = text(tensor.quant);
    out << fmt::format("  {:<7} {:<32} {:<4} {:<16}{}\n", kind, tensor.name, name(tensor.dtype),
                       text(tensor.shape), quant.empty() ? "" : " scale, zero point " + quant);
  }
}

void print_layers(std::ostream& out, const Graph& graph) {
  out << fmt::format("\n  {:>3} {:<22} {:<18} {:<4} {:<16} {:>12} {:>11}\n", "", "operator", "",
                     "type", "output", "MACs", "constants");
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    int64_t constant_bytes = 0;
    for (const TensorId id : node.inputs)
      if (id != kNoTensor && graph.tensor(id).is_constant)
        constant_bytes += graph.tensor(id).bytes();
    for (const Graph* body : bodies_of({graph, node}))
      constant_bytes += totals(*body).constant_bytes;
    const Tensor* result = node.outputs.empty() ? nullptr : &graph.tensor(node.outputs[0]);
    out << fmt::format("  {:>3} {:<22} {:<18} {:<4} {:<16} {:>12} {:>11}\n", i, node.op,
                       detail_of(graph, node), result ? name(result->dtype) : "",
                       result ? text(result->shape) : "", thousands(work_of(graph, node).macs),
                       bytes_text(constant_bytes));
  }
}

void print_obstacles(std::ostream& out, const Graph& graph) {
  const std::vector<Unsupported> reasons = unsupported(graph);
  if (reasons.empty()) return;
  out << "\ncannot be run here\n";
  for (const Unsupported& each : reasons) out << obstacle_text(each);
}

void print_memory(std::ostream& out, const Graph& graph, const MemoryPlan& plan,
                  bool with_scratch) {
  out << fmt::format(
      "\narena over time   {} of {} is one column, a letter a buffer, ~ scratch, . free\n",
      bytes_text(std::max<int64_t>(1, plan.arena_bytes / kArenaColumns)),
      bytes_text(plan.arena_bytes));
  out << draw_arena(graph, plan, kArenaColumns);
  const int64_t gap = plan.arena_bytes - plan.lower_bound_bytes;
  out << fmt::format("\n  arena {}, {} {}; planned by {}\n  {}\n", bytes_text(plan.arena_bytes),
                     gap == 0 ? "equal to" : bytes_text(gap) + " above",
                     "the lower bound " +
                         (gap == 0 ? "(the largest live set)" : bytes_text(plan.lower_bound_bytes)),
                     plan.method, describe_peak(graph, plan));
  if (!with_scratch)
    out << "  without kernels' scratch, which depends on the target: --on TARGET adds it\n";
}

Json plan_json(const Graph& graph, const MemoryPlan& plan) {
  Json buffers = Json::array();
  for (const Placement& placed : plan.placements) {
    Json names = Json::array();
    for (const TensorId id : placed.tensors) names.push(graph.tensor(id).name);
    buffers.push(Json::object()
                     .set("tensors", names)
                     .set("scratch_of", placed.scratch_of)
                     .set("offset", placed.offset)
                     .set("bytes", placed.lifetime.bytes)
                     .set("first_step", placed.lifetime.first)
                     .set("last_step", placed.lifetime.last));
  }
  Json order = Json::array(), live = Json::array();
  for (const int node : plan.order) order.push(node);
  for (const int64_t bytes : plan.live_bytes) live.push(bytes);
  return Json::object()
      .set("arena_bytes", plan.arena_bytes)
      .set("lower_bound_bytes", plan.lower_bound_bytes)
      .set("peak_step", plan.peak_step)
      .set("method", plan.method)
      .set("order", order)
      .set("live_bytes", live)
      .set("buffers", buffers);
}

Json inspect_json(const Graph& graph, const MemoryPlan& plan) {
  const Totals sums = totals(graph);
  Json obstacles = Json::array();
  for (const Unsupported& each : unsupported(graph))
    obstacles.push(Json::object()
                       .set("node", each.node)
                       .set("op", each.op)
                       .set("reason", each.reason)
                       .set("remedy", remedy(each)));
  return graph_json(graph)
      .set("macs", obstacles.size() == 0 ? Json(sums.macs) : Json(nullptr))
      .set("parameters", sums.parameters)
      .set("constant_bytes", sums.constant_bytes)
      .set("unsupported", obstacles)
      .set("memory", plan_json(graph, plan));
}

void print_page(std::ostream& out, const Graph& graph, const MemoryPlan& plan, bool with_scratch) {
  const Totals sums = totals(graph);
  std::map<std::string, int> operators;
  for (const Node& node : graph.nodes()) ++operators[node.op];
  std::vector<std::string> kinds;
  kinds.reserve(operators.size());
  for (const auto& [op, count] : operators) kinds.push_back(fmt::format("{} {}", count, op));
  out << fmt::format("{}   {}, {}   {} MACs, {} parameters, {} of constants\n", graph.name(),
                     graph.format(), bytes_text(static_cast<int64_t>(graph.file().size())),
                     thousands(sums.macs), thousands(sums.parameters),
                     bytes_text(sums.constant_bytes));
  out << fmt::format("  {} layers: {}\n\n", graph.nodes().size(), fmt::join(kinds, ", "));
  print_tensors(out, graph, "input", graph.inputs());
  print_tensors(out, graph, "output", graph.outputs());
  for (const std::string& note : graph.notes()) out << "  note    " << note << "\n";
  print_layers(out, graph);
  print_memory(out, graph, plan, with_scratch);
  if (!unsupported(graph).empty())
    out << "  some nodes cannot be run here: state and scratch of theirs are not in it\n";
  print_obstacles(out, graph);
  out << (unsupported(graph).empty() ? "\nexact: all of this, from the file alone\n"
                                     : "\nexact, from the file alone; MACs and memory of what "
                                       "cannot be run are not in the sums\n");
}

Status run(const Args& args, Terminal& terminal) {
  const Graph graph = TRY(model_of(args, args.text("model"), terminal));
  LowerOptions options;
  const bool with_scratch = args.has("on");
  if (with_scratch) {
    const std::vector<Target> targets = TRY(targets_of(args));
    options = lower_options(targets[0], Optimize::balanced);
  }
  std::vector<KernelCall> calls = lower_for_plan(graph, options, unsupported(graph));
  if (!with_scratch)
    for (KernelCall& call : calls) call.scratch_bytes = 0;
  const MemoryPlan plan = plan_memory(graph, calls);
  if (args.has("json"))
    TRY_STATUS(write_output(args.text("json"), inspect_json(graph, plan).dump(), terminal));
  if (args.has("dot")) TRY_STATUS(write_output(args.text("dot"), graph_dot(graph), terminal));
  if (args.text("json") != "-" && args.text("dot") != "-")
    print_page(terminal.out, graph, plan, with_scratch);
  return {};
}

}  // namespace

const Command inspect_command = {
    .name = "inspect",
    .summary = "operators, shapes, types, quantisation, MACs, memory over time",
    .examples =
        "  assay inspect model.tflite\n  assay inspect model.tflite --on pico --json model.json\n"
        "  assay inspect model.tflite --dot - | dot -Tsvg > model.svg",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
