// What if and while share: graphs that a node runs, as often as its inputs say.
//
// A body is a constant among the node's inputs whose data is the graph itself, so that whoever
// copies a node and its tensors copies it too. Importers append bodies behind the inputs that the
// file names; its variables are its own, and none are supported.
#pragma once

#include <string>
#include <vector>

#include "ops/op.h"

namespace assay {

/// Makes a graph a constant of another. Its own constants point into what `parts` keeps.
TensorId add_body(GraphParts& parts, Graph body, std::string name);

/// Of if: what runs if its condition is true, what runs if not. Of while: the condition, what it
/// repeats. Empty for any other node. They live as long as the node's graph.
std::vector<const Graph*> bodies_of(const NodeView& node);

/// How many of a node's inputs are handed to its bodies; of if they stand behind the condition.
inline int arguments_of(const NodeView& node) {
  return node.inputs() - (node.node.op == "if" ? 3 : 2);
}

/// Whether the bodies take such inputs and give such outputs.
Status check_body(const NodeView& node, const Graph& body, int first_argument);

/// Whether a tensor is one boolean, which decides.
Status check_condition(const Tensor& tensor);

/// Why a body cannot be run, "" if it can.
std::string unsupported_bodies(const NodeView& node);

/// Sums, at most the largest number.
Work added(const Work& a, const Work& b);

/// Of the nodes of a graph, each once.
Work work_of_body(const Graph& body);

/// Never called: the host's runner (ops/run.cc) runs bodies itself.
inline void control_reference(const NodeView&, const Buffers&, Semantics) {}

/// A call named as the operator; who plans the bodies knows its scratch (lower_for_plan).
KernelCall lower_control(const NodeView& node, const LowerOptions&);

}  // namespace assay
