// What goes beside the generated C so that a user can drop it into a project: CMake, example,
// README.
#pragma once

#include <vector>

#include "emit/program.h"

namespace assay {

std::vector<SourceFile> deployment_files(const Program& program, const Graph& graph);

}  // namespace assay
