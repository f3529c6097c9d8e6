// Constant folding: nodes whose outputs are known before anything runs.
#pragma once

#include <cstddef>
#include <vector>

#include "ir/graph.h"
#include "util/result.h"

namespace assay {

/// Computes, by the operators' references, every node whose inputs are all constants, and those
/// that only look at shapes, and makes their outputs constants. Nodes stay where a model's output
/// needs them, where we cannot run them, and where the result is much larger than what it is made
/// of (a fill costs less flash than its elements). The graph has passed check_shapes, and so has
/// what comes out. Error: input, as check_shapes, of what became constant.
Result<Graph> fold_constants(Graph graph);

/// The bytes of a node's outputs if they are known before anything runs, as above; else nothing.
std::vector<std::vector<std::byte>> fold_node(const NodeView& node);

}  // namespace assay
