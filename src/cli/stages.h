// What the preparation of a model's input takes beside the model (pipeline files).
#pragma once

#include <span>

#include "ir/graph.h"
#include "record/record.h"

namespace assay {

/// Fills record.stages from its layers, `nodes[i]` being the node of layer i; nothing for a graph
/// that is no pipeline.
void add_stages(Record& record, const Graph& graph, std::span<const int> nodes);

}  // namespace assay
