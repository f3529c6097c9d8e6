// What a TFLite file says of state, turned into the graph's own variables.
#pragma once

#include <cstdint>
#include <functional>

#include "ir/graph.h"

namespace assay {

/// Replaces handles by variables: `var_handle` and `call_once` nodes go away, `read_variable` and
/// `assign_variable` touch the variable itself, and nodes that keep state in a tensor of theirs
/// have it among their outputs. `subgraph` reads another of the file's graphs. What cannot be said
/// in that way becomes Node::trouble. Tensor ids need not be valid yet.
Status resolve_state(GraphParts& parts, const std::function<Result<GraphParts>(int64_t)>& subgraph);

}  // namespace assay
