// The int8 model that a float model would become: same shapes, made-up numbers.
#pragma once

#include "ir/graph.h"
#include "util/result.h"

namespace assay {

/// Quantised as converters do it: activations with one scale, weights of convolutions with one a
/// channel, biases in 32 bits. Weights are made up, since what it costs does not depend on them
/// (but for branches on data); what it computes means nothing. Errors: unsupported (nothing in
/// float; an operator that cannot run in int8).
Result<Graph> int8_twin(const Graph& graph);

}  // namespace assay
