// Results kept by content key in the user's cache folder ($XDG_CACHE_HOME/assay).
//
// An entry is one file, written beside and renamed: readers see all of it or nothing, whoever else
// writes, and after kill -9 or a full disk. An entry that does not read back is a miss.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace assay {

class Cache {
 public:
  /// The user's cache; without a home folder, or if `enabled` is false, nothing is kept.
  explicit Cache(bool enabled);

  std::optional<std::vector<std::byte>> get(std::string_view kind, std::string_view key) const;
  /// Failing to keep something is no error: the next run computes it again.
  void put(std::string_view kind, std::string_view key, std::span<const std::byte> bytes) const;

  const std::filesystem::path& folder() const { return folder_; }

  struct Usage {
    int64_t entries = 0, bytes = 0;
  };
  Usage usage() const;
  /// Removes the entries least recently used until `keep_bytes` are left, and what crashed writers
  /// left.
  Usage prune(int64_t keep_bytes) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace assay
