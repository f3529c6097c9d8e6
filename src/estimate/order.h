// In which order the nodes run: the order decides what lives at the same time.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"
#include "ops/kernel_call.h"

namespace assay {

struct ExecutionOrder {
  std::vector<int> nodes;
  std::string method;  ///< "file order", "beam search"
};

/// The orders worth planning: the file's first, then what the search found if its largest live set
/// is smaller. A graph that is a chain has one.
std::vector<ExecutionOrder> candidate_orders(const Graph& graph, std::span<const KernelCall> calls);

/// The input (its position in the node) whose bytes the output takes over when the node runs at the
/// end of that tensor's life, by the operator's own word; -1: none. Views always share.
int shared_input(const Graph& graph, const Node& node, const KernelCall& call);

}  // namespace assay
