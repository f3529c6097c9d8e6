// Constant folding, in rounds: what a round has made constant, the next can build on.
//
// The idea: the host's references already compute every operator, so folding is running them early.
// Weights of float16 models (dequantize of a constant) and shape arithmetic (shape, strided_slice,
// pack, then reshape) come out as plain constants. Semantics are TFLM's, as those of `assay run`.
// Not handled: a shared dequantised constant is as large as in float32, as TFLM would hold it.
#include "ops/fold.h"

#include <algorithm>
#include <utility>

#include "ops/control.h"
#include "ops/op.h"

namespace assay {
namespace {

/// A result may be so many times larger than the constants, and so many bytes more.
constexpr int64_t kTimes = 4, kMore = 4096;

/// Operators whose output follows from shapes alone.
bool looks_at_shapes(const Node& node) { return node.op == "shape" || node.op == "rank"; }

bool foldable(const NodeView& node) {
  const OpDef* op = find_op(node.node.op);
  if (!op || !node.node.trouble.empty() || node.inputs() == 0 || node.outputs() == 0 ||
      !bodies_of(node).empty())  // a loop may have no end
    return false;
  int64_t in = 0, out = 0;
  for (int i = 0; i < node.inputs(); ++i) {
    if (!node.has_input(i)) continue;
    if (!node.input(i).is_constant && !looks_at_shapes(node.node)) return false;
    in += node.input(i).is_constant ? node.input(i).bytes() : 0;
  }
  for (int i = 0; i < node.outputs(); ++i) {
    const auto& outputs = node.graph.outputs();
    if (std::ranges::count(outputs, node.node.outputs[static_cast<size_t>(i)]) > 0 ||
        node.output(i).is_variable)
      return false;
    out += node.output(i).bytes();
  }
  return out <= kTimes * in + kMore && op->unsupported(node).empty();
}

/// The outputs' bytes of one node.
std::vector<std::vector<std::byte>> computed(const NodeView& node) {
  std::vector<std::vector<std::byte>> made;
  for (int i = 0; i < node.outputs(); ++i)
    made.emplace_back(static_cast<size_t>(node.output(i).bytes()));
  Buffers buffers;
  for (int i = 0; i < node.inputs(); ++i)
    buffers.inputs.push_back(node.has_input(i) ? node.input(i).data : std::span<const std::byte>());
  for (auto& bytes : made) buffers.outputs.emplace_back(bytes);
  find_op(node.node.op)->reference(node, buffers, Semantics::tflm);
  return made;
}

}  // namespace

std::vector<std::vector<std::byte>> fold_node(const NodeView& node) {
  return foldable(node) ? computed(node) : std::vector<std::vector<std::byte>>();
}

Result<Graph> fold_constants(Graph graph) {
  for (;;) {
    std::vector<std::pair<TensorId, std::vector<std::byte>>> made;
    std::vector<bool> folded(graph.nodes().size(), false);
    for (size_t i = 0; i < folded.size(); ++i) {
      const Node& node = graph.nodes()[i];
      folded[i] = foldable({graph, node});
      if (!folded[i]) continue;
      std::vector<std::vector<std::byte>> outputs = computed({graph, node});
      for (size_t k = 0; k < outputs.size(); ++k)
        made.emplace_back(node.outputs[k], std::move(outputs[k]));
    }
    if (std::ranges::count(folded, true) == 0) return graph;
    GraphParts parts = std::move(graph).take();
    for (auto& [id, bytes] : made) {
      Tensor& tensor = parts.tensors[static_cast<size_t>(id)];
      tensor.is_constant = true;
      tensor.data = parts.own.emplace_back(std::move(bytes));
    }
    std::vector<Node> left;
    for (size_t i = 0; i < folded.size(); ++i)
      if (!folded[i]) left.push_back(std::move(parts.nodes[i]));
    parts.nodes = std::move(left);
    graph = TRY(Graph::make(std::move(parts)));
    TRY_STATUS(check_shapes(graph));
  }
}

}  // namespace assay
