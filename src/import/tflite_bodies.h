// The subgraphs that if and while run, as bodies of their nodes.
#pragma once

#include <cstdint>
#include <functional>

#include "ir/graph.h"

namespace assay {

/// Appends to each if and while the graphs that it names; `body` reads one of the file's graphs.
Status attach_bodies(GraphParts& parts, const std::function<Result<Graph>(int64_t)>& body);

}  // namespace assay
