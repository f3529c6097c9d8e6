// assay operators: what a model may consist of.
#include <fmt/format.h>

#include <map>
#include <ostream>
#include <set>

#include "cli/common.h"
#include "cli/remedies.h"
#include "util/json.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr Option kOptions[] = {
    {"model", "FILE", "the operators of this model: how often, in which types, by which kernels"},
    kShapeOption,
    kSignatureOption,
    kQuantizeOption,
    kCalibrateOption,
    kClipOption,
    {"json", "FILE", "write everything as JSON; - for standard output"},
};

/// What a model does with one operator in one set of types.
struct Use {
  int count = 0;
  std::set<std::string> plain, dsp;  ///< kernels by the core's instructions
};

/// "f32", "s8*s4 -> s8": the types that matter, without those of shapes and indices.
std::string types_of(const NodeView& node) {
  std::string text;
  for (int i = 0; i < std::min(node.inputs(), 2); ++i) {
    if (!node.has_input(i)) continue;
    const Dtype dtype = node.input(i).dtype;
    if (i > 0 && (dtype == Dtype::s32 || dtype == node.input(0).dtype)) continue;
    text += (text.empty() ? "" : "*") + std::string(name(dtype));
  }
  if (node.outputs() == 0) return text;
  const std::string out(name(node.output().dtype));
  return text == out || text.starts_with(out + "*") ? text : text + " -> " + out;
}

std::string kernel_of(const OpDef& op, const NodeView& node, bool dsp) {
  const std::string kernel = op.lower(node, {{.dsp = dsp}, Optimize::balanced}).kernel;
  return kernel.empty() ? "none: a view" : kernel;
}

std::map<std::pair<std::string, std::string>, Use> uses_of(const Graph& graph) {
  std::set<int> obstacles;
  for (const Unsupported& each : unsupported(graph)) obstacles.insert(each.node);
  std::map<std::pair<std::string, std::string>, Use> uses;
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const NodeView node{graph, graph.nodes()[i]};
    Use& use = uses[{node.node.op, types_of(node)}];
    ++use.count;
    const OpDef* op = find_op(node.node.op);
    if (!op || obstacles.contains(static_cast<int>(i))) continue;
    use.plain.insert(kernel_of(*op, node, false));
    use.dsp.insert(kernel_of(*op, node, true));
  }
  return uses;
}

Json array_of(const std::set<std::string>& words) {
  Json array = Json::array();
  for (const std::string& word : words) array.push(word);
  return array;
}

/// The operators of one model, then what stands in its way.
Status run_model(const Args& args, Terminal& terminal) {
  const Graph graph = TRY(model_of(args, args.text("model"), terminal));
  Json rows = Json::array(), obstacles = Json::array();
  std::string page = fmt::format("{}: {} layers\n\n{:<22} {:<16} {:>5}  {:<34} {}\n", graph.name(),
                                 graph.nodes().size(), "operator", "types", "times",
                                 "kernel on M4, M7, M33, M55", "elsewhere");
  for (const auto& [key, use] : uses_of(graph)) {
    const auto& [op, types] = key;
    rows.push(Json::object()
                  .set("operator", op)
                  .set("types", types)
                  .set("count", use.count)
                  .set("kernels_dsp", array_of(use.dsp))
                  .set("kernels", array_of(use.plain)));
    page += fmt::format(
        "{:<22} {:<16} {:>5}  {:<34} {}\n", op, types, use.count,
        use.dsp.empty() ? "-" : fmt::format("{}", fmt::join(use.dsp, ", ")),
        use.plain == use.dsp ? "the same" : fmt::format("{}", fmt::join(use.plain, ", ")));
  }
  const std::vector<Unsupported> reasons = unsupported(graph);
  page += reasons.empty() ? "\nall of it can be run\n" : "\ncannot be run here\n";
  for (const Unsupported& each : reasons) {
    obstacles.push(Json::object()
                       .set("node", each.node)
                       .set("op", each.op)
                       .set("reason", each.reason)
                       .set("remedy", remedy(each)));
    page += obstacle_text(each);
  }
  if (!args.has("json")) {
    terminal.out << page;
    return {};
  }
  return write_output(args.text("json"),
                      Json::object()
                          .set("model", graph.name())
                          .set("operators", rows)
                          .set("unsupported", obstacles)
                          .dump(),
                      terminal);
}

Status run(const Args& args, Terminal& terminal) {
  if (args.has("model")) return run_model(args, terminal);
  Json all = Json::array();
  std::string page =
      fmt::format("{:<22} {:<24} {:>4}  {:<30} {}\n", "operator", "TFLite", "up to", "types", "");
  for (const OpDef* op : all_ops()) {
    all.push(Json::object()
                 .set("name", op->name)
                 .set("tflite", op->tflite.name)
                 .set("tflite_max_version", op->tflite.max_version)
                 .set("types", op->types)
                 .set("summary", op->summary));
    page += fmt::format("{:<22} {:<24} {:>4}  {:<30} {}\n", op->name, op->tflite.name,
                        fmt::format("v{}", op->tflite.max_version), op->types, op->summary);
  }
  page += fmt::format(
      "\n{} operators. s8: int8 with per-tensor or per-channel quantisation. f32: float32.\n",
      all_ops().size());
  if (args.has("json")) return write_output(args.text("json"), all.dump(), terminal);
  terminal.out << page;
  return {};
}

}  // namespace

const Command operators_command = {
    .name = "operators",
    .summary = "the operators that a model may consist of, and in which types",
    .examples =
        "  assay operators\n  assay operators --model model.tflite\n  assay operators --json -",
    .options = kOptions,
    .run = run,
};

}  // namespace assay
