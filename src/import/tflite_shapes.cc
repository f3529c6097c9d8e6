// Shapes of a TFLite graph anew: after the user has said others (--shape), or because the file
// leaves extents open that follow from the rest of it.
//
// The idea: operators only know how to infer from a Graph, so each node becomes one of its own, its
// inputs of the shapes and bytes that are known by then. Bytes are known of constants and of what
// folds from them and from shapes, such as the second input of most reshapes.
// Not handled: shapes of state that depend on an input; its operator refuses.
#include "import/tflite_shapes.h"

#include <map>

#include "ir/node_alone.h"
#include "ops/fold.h"
#include "ops/op.h"

namespace assay {
namespace {

/// Shape arithmetic is small; what is larger (weights of float16) nobody asks for here.
constexpr int64_t kMostKnown = 4096;

struct Shapes {
  GraphParts parts;
  const std::vector<bool>& open;
  std::vector<bool> changed;
  std::map<TensorId, std::vector<std::byte>> known = {};  ///< computed before anything runs
};

/// The node alone, with what is known of its inputs.
Result<Graph> graph_of(const Shapes& shapes, const Node& node) {
  return node_alone(node, [&](TensorId id) {
    Tensor tensor = shapes.parts.tensors[static_cast<size_t>(id)];
    if (const auto found = shapes.known.find(id); found != shapes.known.end()) {
      tensor.is_constant = true;
      tensor.data = found->second;
    }
    return tensor;
  });
}

/// Sets the outputs' shapes where they may differ from the file's.
void set_shapes(Shapes& shapes, const Node& node, const std::vector<Shape>& inferred) {
  bool follows = false;
  for (const TensorId id : node.inputs)
    follows = follows || (id != kNoTensor && shapes.changed[static_cast<size_t>(id)]);
  for (size_t i = 0; i < node.outputs.size() && i < inferred.size(); ++i) {
    const auto id = static_cast<size_t>(node.outputs[i]);
    Tensor& tensor = shapes.parts.tensors[id];
    if (tensor.shape == inferred[i] || tensor.is_variable || !(follows || shapes.open[id]))
      continue;
    tensor.shape = inferred[i];
    shapes.changed[id] = true;
  }
}

Status infer_node(Shapes& shapes, const Node& node) {
  const OpDef* op = find_op(node.op);
  if (!op || !node.trouble.empty()) return {};
  {
    const Graph alone = TRY(graph_of(shapes, node));
    set_shapes(shapes, node, TRY(op->infer({alone, alone.nodes()[0]})));
  }
  const Graph alone = TRY(graph_of(shapes, node));
  for (const TensorId id : alone.nodes()[0].outputs)
    if (alone.tensor(id).bytes() > kMostKnown) return {};
  std::vector<std::vector<std::byte>> outputs = fold_node({alone, alone.nodes()[0]});
  for (size_t i = 0; i < outputs.size(); ++i) shapes.known[node.outputs[i]] = std::move(outputs[i]);
  return {};
}

}  // namespace

Result<Graph> infer_shapes(Graph graph, const std::vector<bool>& open, std::vector<bool> changed) {
  Shapes shapes{std::move(graph).take(), open, std::move(changed)};
  for (size_t i = 0; i < shapes.parts.nodes.size(); ++i) {
    const Node& node = shapes.parts.nodes[i];
    TRY_STATUS(in(infer_node(shapes, node), "{}", node_label(static_cast<int>(i), node)));
  }
  return Graph::make(std::move(shapes.parts));
}

}  // namespace assay
