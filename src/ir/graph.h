// The one graph: what every importer makes and everything else reads.
//
// SSA-like: each tensor is a model input, a constant, a variable, or the output of exactly one
// node. A variable is state: it keeps its bytes from one inference to the next, and nodes that have
// it among their outputs write it; those that touch the same variable keep the file's order. Nodes
// stand in an order in which they can run. Immutable once made. Constants are views into the
// model's file, which the graph keeps alive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/attrs.h"
#include "ir/tensor.h"
#include "util/result.h"

namespace assay {

using TensorId = int32_t;
constexpr TensorId kNoTensor = -1;  ///< an optional input that is left out

struct Node {
  std::string op;  ///< name as in ops.def ("conv_2d"); the format's own name if we do not know it
  std::vector<TensorId> inputs;  ///< kNoTensor where an optional one is absent
  std::vector<TensorId> outputs;
  Attrs attrs;
  int version = 1;      ///< the operator's version in the model's format
  std::string trouble;  ///< why the importer could not describe it fully; empty if it could
};

class Graph;

/// What a graph that begins with the preparation of its input knows about it (pipeline files).
struct Pipeline {
  int feature_nodes = 0;  ///< the first nodes of the graph prepare the input
  double rate_hz = 0;     ///< samples a second; 0: not known
  double every_s = 0;     ///< time between two inferences; 0: not known
};

/// What an importer fills in. Becomes a Graph only through Graph::make.
struct GraphParts {
  std::string name;          ///< of the model: the file's stem
  std::string format;        ///< "tflite"
  std::string variant = {};  ///< what else decided what was read: the user's options, other files
  std::vector<std::byte> file;              ///< the model's bytes; constants point into them
  std::vector<std::vector<std::byte>> own;  ///< constants that had to be copied (alignment, dtype)
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;
  std::vector<TensorId> inputs, outputs;
  std::optional<Pipeline> pipeline = {};
  std::vector<std::shared_ptr<const Graph>> kept = {};  ///< constants may point into these
  std::vector<std::string>
      notes;  ///< what the file has and the graph does not ("2 more subgraphs")
};

class Graph {
 public:
  /// Checks the invariants above: ids in range, one producer each, no cycle (nodes are put in a
  /// runnable order, stable), element counts (of empty tensors: without the extents of 0) and byte
  /// sizes below 2^31, constants as long as their
  /// shape says (where the type's size is known), as many zero points as scales, zero points that
  /// the type can hold, finite positive scales, a quantised axis that exists and is as long as the
  /// scales. Errors are `input` and name the tensor or node.
  static Result<Graph> make(GraphParts parts);

  Graph(Graph&&) = default;
  Graph& operator=(Graph&&) = default;
  Graph(const Graph&) = delete;

  const std::string& name() const { return parts_.name; }
  const std::string& format() const { return parts_.format; }
  const std::vector<Tensor>& tensors() const { return parts_.tensors; }
  const std::vector<Node>& nodes() const { return parts_.nodes; }
  const std::vector<TensorId>& inputs() const { return parts_.inputs; }
  const std::vector<TensorId>& outputs() const { return parts_.outputs; }
  const std::optional<Pipeline>& pipeline() const { return parts_.pipeline; }
  const std::vector<std::string>& notes() const { return parts_.notes; }
  /// The variables that nodes touch, in the order of their ids: what lives between inferences.
  const std::vector<TensorId>& state() const { return state_; }
  const Tensor& tensor(TensorId id) const { return parts_.tensors[static_cast<size_t>(id)]; }
  const std::string& variant() const { return parts_.variant; }
  /// The model's file as it was read; empty for graphs made in memory. With `variant`, keys the
  /// caches.
  std::span<const std::byte> file() const { return parts_.file; }
  /// The parts again, for who changes them and calls make anew.
  GraphParts take() && { return std::move(parts_); }

 private:
  explicit Graph(GraphParts parts);
  GraphParts parts_;
  std::vector<TensorId> state_;
};

/// By node: the nodes that have to run before it because of a variable that both touch, at least
/// one of them writing, in the order of `nodes`.
std::vector<std::vector<int>> state_order(const std::vector<Node>& nodes,
                                          const std::vector<Tensor>& tensors);

/// "node 12 (conv_2d)": how messages name a node.
std::string node_label(int index, const Node& node);

/// "tensor 7 'conv/BiasAdd'": how messages name a tensor.
std::string tensor_label(TensorId id, const Tensor& tensor);

/// One node with its tensors at hand: what operators are written against.
struct NodeView {
  const Graph& graph;
  const Node& node;

  int inputs() const { return static_cast<int>(node.inputs.size()); }
  int outputs() const { return static_cast<int>(node.outputs.size()); }
  bool has_input(int i) const {
    return i < inputs() && node.inputs[static_cast<size_t>(i)] != kNoTensor;
  }
  const Tensor& input(int i) const { return graph.tensor(node.inputs[static_cast<size_t>(i)]); }
  const Tensor& output(int i = 0) const {
    return graph.tensor(node.outputs[static_cast<size_t>(i)]);
  }
  const Attrs& attrs() const { return node.attrs; }
};

}  // namespace assay
