// One node as a graph of its own: operators infer from graphs, also while there is none yet.
#pragma once

#include <functional>

#include "ir/graph.h"

namespace assay {

/// The node with its tensors as `tensor_of` gives them; what is neither constant nor variable among
/// its inputs is an input of the graph. Nothing is an output of it. Errors: as Graph::make.
Result<Graph> node_alone(Node node, const std::function<Tensor(TensorId)>& tensor_of);

}  // namespace assay
