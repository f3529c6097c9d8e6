// Reads the table that cmake/Embed.cmake makes: path, its length, text, its length, for each file.
#include "util/embedded.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace assay {
namespace {

struct Row {
  const char* path;
  uint64_t path_bytes;
  const char* text;
  uint64_t text_bytes;
};

extern "C" const Row assay_embedded_table[];
extern "C" const uint64_t assay_embedded_count;

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  static const std::vector<EmbeddedFile> files = [] {
    std::vector<EmbeddedFile> made;
    for (uint64_t i = 0; i < assay_embedded_count; ++i) {
      const Row& row = assay_embedded_table[i];
      made.push_back({{row.path, row.path_bytes}, {row.text, row.text_bytes}});
    }
    return made;
  }();
  return files;
}

const EmbeddedFile* find_embedded(std::string_view path) {
  const auto files = embedded_files();
  const auto found = std::ranges::find(files, path, &EmbeddedFile::path);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace assay
