// Building, once for each content. The work folder is made in the system's temporary folder and
// removed on every way out but a kill, whose leavings the system clears.
#include "measure/build_cache.h"

#include <cstdlib>
#include <utility>

#include "util/files.h"
#include "util/hash.h"
#include "util/json.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// Removes itself, if it is temporary.
class WorkFolder {
 public:
  WorkFolder(fs::path folder, bool temporary) : path_(std::move(folder)), temporary_(temporary) {}
  WorkFolder(WorkFolder&& other) noexcept
      : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}
  ~WorkFolder() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool temporary_;
};

Result<WorkFolder> work_folder(const fs::path& keep) {
  std::error_code error;
  if (!keep.empty()) {
    fs::create_directories(keep, error);
    if (error) return fail(ErrorKind::environment, "{}: {}", keep.string(), error.message());
    return WorkFolder(keep, false);
  }
  std::string pattern = (fs::temp_directory_path(error) / "assay-XXXXXX").string();
  if (error || !mkdtemp(pattern.data()))
    return fail(ErrorKind::environment, "{}: cannot make a work folder; is the disk full?",
                pattern);
  return WorkFolder(pattern, true);
}

std::string image_key(const Program& program, const Target& target, const Toolchain& toolchain,
                      const BuildOptions& options) {
  std::string all =
      program_identity() + toolchain.content_hash + toolchain.version + target.file_text;
  for (const SourceFile& file : program.sources)
    all += file.name + "\n" + hash_hex(file.text) + "\n";
  for (const std::string& flag : program.cflags) all += flag + "\n";
  for (const std::string& flag : options.flags) all += flag + "\n";
  all += text(options.place);
  return hash_hex(all);
}

Json build_json(const Image& image) {
  Json overflows = Json::array();
  for (const Overflow& each : image.overflows)
    overflows.push(Json::object().set("region", each.region).set("bytes", each.bytes));
  return Json::object().set("command", image.command).set("overflows", overflows);
}

std::optional<Image> recall(const Cache& cache, const std::string& key) {
  const auto facts = cache.get("build", key);
  auto elf = cache.get("image", key);
  if (!facts || !elf) return {};
  const Result<Json> json =
      Json::parse({reinterpret_cast<const char*>(facts->data()), facts->size()});
  if (!json) return {};
  Image image{.elf = std::move(*elf), .overflows = {}, .command = json->at("command").text()};
  const Json overflows = json->at("overflows");
  for (size_t i = 0; i < overflows.size(); ++i)
    image.overflows.push_back({overflows.at(i).at("region").text(),
                               static_cast<int64_t>(overflows.at(i).at("bytes").number())});
  return image;
}

}  // namespace

const std::string& program_identity() {
  static const std::string identity = [] {
    const auto self = read_file("/proc/self/exe");
    return self ? hash_hex(*self) : std::string(ASSAY_VERSION);
  }();
  return identity;
}

Result<Image> build_cached(const Cache& cache, const Program& program, const Target& target,
                           const Toolchain& toolchain, const BuildOptions& options,
                           const fs::path& keep_folder) {
  const std::string key = image_key(program, target, toolchain, options);
  if (keep_folder.empty())
    if (std::optional<Image> known = recall(cache, key)) return std::move(*known);
  const WorkFolder folder = TRY(work_folder(keep_folder));
  BuildOptions with_objects = options;
  with_objects.objects = &cache;
  Image image = TRY(build_image(program, target, toolchain, with_objects, folder.path()));
  const std::string facts = build_json(image).dump();
  cache.put("image", key, image.elf);
  cache.put("build", key, std::as_bytes(std::span(facts)));
  return image;
}

}  // namespace assay
