// Post-training quantisation: a float graph becomes one of int8.
#pragma once

#include <memory>

#include "ops/calibrate.h"

namespace assay {

/// Activations get one scale, weights one a channel; inputs and outputs become int8 too where the
/// nodes beside them do. The last of its notes says what was lost on these inputs and how many
/// nodes stay float. Errors: `input` if the graph has no float input or is quantised in part; those
/// of `calibrate`. At least one inference.
Result<Graph> quantise(std::shared_ptr<const Graph> graph,
                       std::span<const std::vector<Bytes>> inputs, Clip clip,
                       std::string_view caveat = {});

}  // namespace assay
