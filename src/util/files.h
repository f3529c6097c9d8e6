// Files, whole: read with a limit, written so that a reader sees the old or the new one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"

namespace assay {

/// Errors: input (missing, a directory, larger than `max_bytes`), environment (cannot be read).
Result<std::vector<std::byte>> read_file(const std::filesystem::path& file,
                                         int64_t max_bytes = int64_t{1} << 30);
Result<std::string> read_text(const std::filesystem::path& file, int64_t max_bytes = 1 << 24);

/// Writes beside the file and renames, so that a crash or Ctrl-C leaves nothing half-written.
/// Errors: environment (disk full, no permission).
Status write_file(const std::filesystem::path& file, std::span<const std::byte> bytes);
Status write_text(const std::filesystem::path& file, std::string_view text);

}  // namespace assay
