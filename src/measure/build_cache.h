// Building, once for each content.
#pragma once

#include <filesystem>
#include <string>

#include "measure/toolchain.h"
#include "util/cache.h"

namespace assay {

/// build_image in a folder of its own (removed afterwards, unless `keep_folder` names one to use),
/// looked up by the content of sources, flags, target and compiler.
Result<Image> build_cached(const Cache& cache, const Program& program, const Target& target,
                           const Toolchain& toolchain, const BuildOptions& options,
                           const std::filesystem::path& keep_folder);

/// A hash of the running program: what any cached result also depends on.
const std::string& program_identity();

}  // namespace assay
