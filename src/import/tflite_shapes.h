// Shapes of a TFLite graph anew, from those of its inputs.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace assay {

/// Asks every operator in turn what its inputs make of its outputs, and gives those tensors that
/// shape: whose extents the file leaves open (`open`, by tensor), and whatever follows from a
/// tensor that is not as the file has it (`changed`, by tensor). What is known before anything runs
/// (shape arithmetic) is computed on the way. The others keep the file's shape, which check_shapes
/// holds against their inputs. Error: input or unsupported, naming the node.
Result<Graph> infer_shapes(Graph graph, const std::vector<bool>& open, std::vector<bool> changed);

}  // namespace assay
