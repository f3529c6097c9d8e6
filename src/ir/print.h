// A graph for eyes and for programs: text, JSON, Graphviz.
#pragma once

#include <string>
#include <string_view>

#include "ir/graph.h"
#include "util/json.h"

namespace assay {

/// "0.0235 -128"; "0.0011..0.023 0 by axis 3"; "" when not quantised.
std::string text(const Quantisation& quant);

/// A listing: inputs, a line per node with its operator, tensors and attributes, outputs, notes.
std::string graph_text(const Graph& graph);

/// Tensors and nodes with everything but the constants' bytes.
Json graph_json(const Graph& graph);

/// For `dot -Tsvg`: a box per node, an edge per activation.
std::string graph_dot(const Graph& graph);

}  // namespace assay
