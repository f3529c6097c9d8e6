// Finds the importer for a file and runs it.
//
// A file is known by its first bytes, never by its name. Files that people hand over by mistake
// (an image, an archive, another framework's model) are told what they are.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "import/importer.h"
#include "ops/fold.h"
#include "ops/op.h"
#include "util/files.h"

namespace assay {
namespace {

constexpr size_t kHeadBytes = 4096;  // comments may stand before a text says what it is

constexpr const Importer* kImporters[] = {
#define ASSAY_IMPORTER(id) &id##_importer,
#include "import/importers.def"
#undef ASSAY_IMPORTER
};

/// Formats that are no model, or none that we read, by the bytes they start with.
struct Foreign {
  std::string_view magic;
  std::string_view what;
};

constexpr Foreign kForeign[] = {
    {"\x89PNG", "a PNG image, not a model"},
    {"\xff\xd8\xff", "a JPEG image, not a model"},
    {"GIF8", "a GIF image, not a model"},
    {"%PDF", "a PDF document, not a model"},
    {"\x7f"
     "ELF",
     "an ELF program, not a model"},
    {"\x89HDF", "an HDF5 file (a Keras model?); convert it to TFLite"},
    {"PK\x03\x04", "a zip archive (a Keras or PyTorch model?); convert it to TFLite"},
    {"\x1f\x8b", "compressed with gzip; unpack it first"},
    {"\x93NUMPY", "a NumPy array, not a model"},
};

std::string known_formats() {
  std::string names;
  for (const Importer* importer : kImporters)
    names += (names.empty() ? "" : ", ") + std::string(importer->name);
  return names;
}

Result<const Importer*> find_importer(std::span<const std::byte> file) {
  if (file.empty()) return fail(ErrorKind::input, "the file is empty");
  for (const Importer* importer : kImporters)
    if (importer->sniff(file.first(std::min<size_t>(file.size(), kHeadBytes)))) return importer;
  for (const Foreign& foreign : kForeign)
    if (file.size() >= foreign.magic.size() &&
        std::memcmp(file.data(), foreign.magic.data(), foreign.magic.size()) == 0)
      return fail(ErrorKind::input, "it is {}", foreign.what);
  return fail(ErrorKind::input, "unknown format; we read {}", known_formats());
}

Result<Graph> load_bytes(std::vector<std::byte> file, std::string name,
                         const ImportOptions& options) {
  const Importer* importer = TRY(find_importer(file));
  Graph graph = TRY(importer->load(std::move(file), std::move(name), options));
  TRY_STATUS(check_shapes(graph));
  return fold_constants(std::move(graph));
}

}  // namespace

bool looks_like_model(std::span<const std::byte> file) {
  return std::ranges::any_of(kImporters, [&](const Importer* importer) {
    return importer->sniff(file.first(std::min<size_t>(file.size(), 64)));
  });
}

std::string ImportOptions::text() const {
  std::string made;
  for (const auto& [input, shape] : shapes)
    made += fmt::format("shape {}={} ", input, assay::text(shape));
  if (!signature.empty()) made += fmt::format("signature {} ", signature);
  return made;
}

Result<Graph> load_model(std::vector<std::byte> file, std::string name,
                         const ImportOptions& options) {
  const std::string label = name;
  return in(load_bytes(std::move(file), std::move(name), options), "model {}", label);
}

Result<Graph> load_model(const std::filesystem::path& file, ImportOptions options) {
  std::vector<std::byte> bytes = TRY(read_file(file));
  if (options.folder.empty()) options.folder = std::filesystem::absolute(file).parent_path();
  return in(load_bytes(std::move(bytes), file.stem().string(), options), "model {}", file.string());
}

}  // namespace assay
