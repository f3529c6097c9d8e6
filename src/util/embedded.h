// The files of data/, kernels/ and firmware/ as they were built into the program, so that an
// installed assay is one file and works from anywhere.
#pragma once

#include <span>
#include <string_view>

namespace assay {

struct EmbeddedFile {
  std::string_view path;  ///< "data/targets/pico.toml", as in the repository
  std::string_view text;
};

/// All of them, sorted by path.
std::span<const EmbeddedFile> embedded_files();

/// The file at that path, or nullptr.
const EmbeddedFile* find_embedded(std::string_view path);

}  // namespace assay
