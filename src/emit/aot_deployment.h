// What goes beside the generated C so that a user can drop it into a project: CMake, example,
// README.
#pragma once

#include <vector>

#include "emit/program.h"

namespace assay {

std::vector<SourceFile> deployment_files(const Program& program, const Graph& graph,
                                         const EmitOptions& options);

/// NAME_place.ld, which a linker script includes, and NAME_place.c and .h, which copy what it moves
/// out of flash; none of the latter if only the arena has a place of its own.
std::vector<SourceFile> placement_files(const Program& program, const EmitOptions& options);

}  // namespace assay
