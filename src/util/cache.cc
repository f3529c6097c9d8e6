// The cache: FOLDER/KIND/KEY, each file a check line and the bytes.
#include "util/cache.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "util/files.h"
#include "util/hash.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHashChars = 32;

fs::path user_cache_folder() {
  const char* xdg = std::getenv("XDG_CACHE_HOME");
  if (xdg && xdg[0] == '/') return fs::path(xdg) / "assay";
  const char* home = std::getenv("HOME");
  return home && home[0] == '/' ? fs::path(home) / ".cache" / "assay" : fs::path();
}

struct Entry {
  fs::path path;
  fs::file_time_type used;
  int64_t bytes = 0;
};

std::vector<Entry> entries(const fs::path& folder) {
  std::vector<Entry> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    const auto used = at->last_write_time(error);
    const auto bytes = static_cast<int64_t>(at->file_size(error));
    if (!error) found.push_back({at->path(), used, bytes});
    error.clear();  // another process may have removed it meanwhile
  }
  return found;
}

}  // namespace

Cache::Cache(bool enabled) : folder_(enabled ? user_cache_folder() : fs::path()) {}

std::optional<std::vector<std::byte>> Cache::get(std::string_view kind,
                                                 std::string_view key) const {
  if (folder_.empty()) return {};
  const fs::path path = folder_ / kind / key;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  Result<std::vector<std::byte>> file = read_file(path);
  if (!file || file->size() < kHashChars) return {};
  const std::span<const std::byte> content = std::span(*file).subspan(kHashChars);
  if (std::memcmp(file->data(), hash_hex(content).data(), kHashChars) != 0) return {};
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);  // for prune
  return std::vector<std::byte>(content.begin(), content.end());
}

void Cache::put(std::string_view kind, std::string_view key,
                std::span<const std::byte> bytes) const {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_ / kind, error);
  if (error) return;
  const std::string check = hash_hex(bytes);
  std::vector<std::byte> file(kHashChars + bytes.size());
  std::memcpy(file.data(), check.data(), kHashChars);
  std::ranges::copy(bytes, file.begin() + kHashChars);
  (void)write_file(folder_ / kind / key, file);
}

Cache::Usage Cache::usage() const {
  Usage usage;
  if (folder_.empty()) return usage;
  for (const Entry& entry : entries(folder_)) {
    ++usage.entries;
    usage.bytes += entry.bytes;
  }
  return usage;
}

Cache::Usage Cache::prune(int64_t keep_bytes) const {
  Usage removed;
  if (folder_.empty()) return removed;
  std::vector<Entry> all = entries(folder_);
  std::ranges::sort(all, std::greater{}, &Entry::used);
  int64_t kept = 0;
  for (const Entry& entry : all) {
    const bool half_written = entry.path.has_extension() &&
                              fs::file_time_type::clock::now() - entry.used > std::chrono::hours(1);
    if (!half_written && (kept += entry.bytes) <= keep_bytes) continue;
    std::error_code error;
    if (!fs::remove(entry.path, error)) continue;
    ++removed.entries;
    removed.bytes += entry.bytes;
  }
  return removed;
}

}  // namespace assay
