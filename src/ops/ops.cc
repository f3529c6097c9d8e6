// The registry: every operator of ops.def, how to find one, and the two questions asked of a whole
// graph before anything is done with it: do the operators agree with the file, and which of them
// can we not run.
//
// It knows no operator by name. What a TFLite file may leave open is allowed here once: a scalar is
// written as [] or as [1].
#include <algorithm>
#include <array>
#include <utility>

#include "ops/op.h"

namespace assay {

#define ASSAY_OP(id) extern const OpDef id##_op;
#include "ops/ops.def"
#undef ASSAY_OP

namespace {

constexpr auto kOps = std::to_array<const OpDef*>({
#define ASSAY_OP(id) &id##_op,
#include "ops/ops.def"
#undef ASSAY_OP
});

bool is_scalar(const Shape& shape) { return shape.rank() <= 1 && shape.elements() == 1; }

bool agree(const Shape& file, const Shape& inferred) {
  return file == inferred || (is_scalar(file) && is_scalar(inferred));
}

Status check_node(const NodeView& node, const OpDef& op) {
  const std::vector<Shape> shapes = TRY(op.infer(node));
  if (std::cmp_not_equal(shapes.size(), node.outputs()))
    return fail(ErrorKind::input, "has {} outputs, {} makes {}", node.outputs(), op.name,
                shapes.size());
  for (int i = 0; i < node.outputs(); ++i) {
    const Shape& inferred = shapes[static_cast<size_t>(i)];
    if (!agree(node.output(i).shape, inferred))
      return fail(ErrorKind::input, "output {} is {} in the file, but its inputs make it {}", i,
                  text(node.output(i).shape), text(inferred));
  }
  return {};
}

/// What stands against the model as a whole: its inputs and outputs.
std::vector<std::string> whole_model(const Graph& graph) {
  std::vector<std::string> reasons;
  if (graph.inputs().empty()) reasons.emplace_back("the model has no inputs");
  for (size_t i = 0; i < graph.inputs().size(); ++i)
    if (const Tensor& input = graph.tensor(graph.inputs()[i]); input.bytes() == 0)
      reasons.push_back(
          fmt::format("input {} ({} of {}) has 0 bytes", i, text(input.shape), name(input.dtype)));
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    const TensorId id = graph.outputs()[i];
    if (graph.tensor(id).is_constant) reasons.push_back(fmt::format("output {} is a constant", i));
    if (graph.tensor(id).is_variable && std::ranges::count(graph.inputs(), id) == 0 &&
        std::ranges::none_of(graph.nodes(), [id](const Node& node) {
          return std::ranges::find(node.outputs, id) != node.outputs.end();
        }))
      reasons.push_back(
          fmt::format("output {} is state ('{}'), which no node makes", i, graph.tensor(id).name));
  }
  return reasons;
}

std::string why_not(const NodeView& node) {
  if (!node.node.trouble.empty()) return node.node.trouble;
  const OpDef* op = find_op(node.node.op);
  if (!op) return "no such operator here";
  if (node.graph.format() == "tflite" && node.node.version > op->tflite.max_version)
    return fmt::format("version {} of {}, known up to version {}", node.node.version,
                       op->tflite.name, op->tflite.max_version);
  return op->unsupported(node);
}

}  // namespace

std::span<const OpDef* const> all_ops() { return kOps; }

const OpDef* find_op(std::string_view name) {
  const auto found = std::ranges::find(kOps, name, [](const OpDef* op) { return op->name; });
  return found == kOps.end() ? nullptr : *found;
}

const OpDef* find_tflite_op(int opcode) {
  const auto found =
      std::ranges::find(kOps, opcode, [](const OpDef* op) { return op->tflite.opcode; });
  return found == kOps.end() || opcode < 0 ? nullptr : *found;
}

const OpDef* find_tflite_custom(std::string_view code) {
  const auto found =
      std::ranges::find(kOps, code, [](const OpDef* op) { return op->tflite.custom; });
  return found == kOps.end() || code.empty() ? nullptr : *found;
}

std::vector<Unsupported> unsupported(const Graph& graph) {
  std::vector<Unsupported> reasons;
  for (std::string& reason : whole_model(graph)) reasons.push_back({-1, "", std::move(reason)});
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    std::string reason = why_not({graph, node});
    if (!reason.empty()) reasons.push_back({static_cast<int>(i), node.op, std::move(reason)});
  }
  return reasons;
}

Status check_shapes(const Graph& graph) {
  for (size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const OpDef* op = find_op(node.op);
    if (!op || !node.trouble.empty()) continue;
    const int index = static_cast<int>(i);
    TRY_STATUS(in(check_node({graph, node}, *op), "{}", node_label(index, node)));
  }
  return {};
}

}  // namespace assay
