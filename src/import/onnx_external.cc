// Elements of an ONNX model that stand in files of their own ("external data", models beyond 2 GB
// or exported so): read if they are beside the model or below, refused elsewhere.
//
// Each file is read once and kept whole. A link that leads out of the model's folder is refused as
// well. Source: https://github.com/onnx/onnx, docs/ExternalData.md.
#include <fmt/format.h>

#include <algorithm>

#include "import/importer.h"
#include "import/onnx_model.h"
#include "util/files.h"
#include "util/hash.h"

namespace assay {
namespace {

/// Where the file is; error (input) if it is not below the folder.
Result<std::filesystem::path> path_below(const std::filesystem::path& folder,
                                         const std::string& location) {
  const std::filesystem::path said = location;
  std::error_code error;
  const auto root = std::filesystem::weakly_canonical(folder, error);
  const auto real = std::filesystem::weakly_canonical(folder / said, error);
  const bool climbs = std::ranges::find(said, std::filesystem::path("..")) != said.end();
  const bool is_below = std::ranges::mismatch(root, real).in1 == root.end();
  if (error || location.empty() || said.is_absolute() || climbs || !is_below)
    return fail(ErrorKind::input,
                "its elements are said to be in '{}', outside of the model's folder: refused; save "
                "the model with its data beside it",
                location);
  return real;
}

}  // namespace

Status read_external(OnnxModel& model, GraphParts& parts, const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  std::map<std::string, std::span<const std::byte>> files;
  for (OnnxTensor& tensor : model.initializers) {
    if (!tensor.elsewhere) continue;
    const OnnxPlace& place = *tensor.elsewhere;
    if (!files.contains(place.location)) {
      const auto path =
          TRY(in(path_below(folder, place.location), "initializer '{}'", tensor.name));
      parts.own.push_back(TRY(in(read_file(path), "initializer '{}'", tensor.name)));
      files[place.location] = parts.own.back();
      parts.variant += fmt::format("data {} {} ", place.location, hash_hex(parts.own.back()));
    }
    const std::span<const std::byte> file = files[place.location];
    const auto size = static_cast<int64_t>(file.size());
    const int64_t length = place.length == -1 ? size - place.offset : place.length;
    if (place.offset < 0 || place.offset > size || length < 0 || length > size - place.offset)
      return fail(ErrorKind::input, "initializer '{}': {} bytes from byte {} of '{}', which has {}",
                  tensor.name, length, place.offset, place.location, size);
    tensor.bytes = file.subspan(static_cast<size_t>(place.offset), static_cast<size_t>(length));
    tensor.trouble.clear();
  }
  return {};
}

}  // namespace assay
