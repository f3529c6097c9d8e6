// A row of data that is made, not read: the one that takes the most decisions in a forest.
#pragma once

#include <vector>

#include "cli/command.h"
#include "ir/graph.h"
#include "ops/run.h"
#include "util/result.h"

namespace assay {

/// One inference. Says on `terminal.progress` how many decisions it takes, and whether none takes
/// more. Error: input, if no forest reads the model's only input.
Result<std::vector<std::vector<Bytes>>> longest_row(const Graph& graph, Terminal& terminal);

}  // namespace assay
