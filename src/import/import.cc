// Finds the importer for a file and runs it.
//
// A file is known by its first bytes, never by its name. Files that people hand over by mistake
// (an image, an archive, another framework's model) are told what they are.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "import/importer.h"
#include "ops/fold.h"
#include "ops/op.h"
#include "util/files.h"

namespace assay {
namespace {

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

/// An ONNX file is a bare protobuf message: field 1 (ir_version, a small varint) comes first, then
/// one of the texts of the header or the graph, each a length-delimited field below 16
/// (https://github.com/onnx/onnx, onnx.proto, message ModelProto).
bool looks_like_onnx(std::span<const std::byte> file) {
  if (file.size() < 4) return false;
  const auto version_key = std::to_integer<int>(file[0]);
  const auto version = std::to_integer<int>(file[1]);
  const auto next_key = std::to_integer<int>(file[2]);
  constexpr std::array<int, 8> kNextKeys = {0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72};
  return version_key == 0x08 && version >= 1 && version <= 32 &&
         std::ranges::find(kNextKeys, next_key) != kNextKeys.end();
}

std::string known_formats() {
  std::string names;
  for (const Importer* importer : kImporters)
    names += (names.empty() ? "" : ", ") + std::string(importer->name);
  return names;
}

Result<const Importer*> find_importer(std::span<const std::byte> file) {
  if (file.empty()) return fail(ErrorKind::input, "the file is empty");
  for (const Importer* importer : kImporters)
    if (importer->sniff(file.first(std::min<size_t>(file.size(), 64)))) return importer;
  for (const Foreign& foreign : kForeign)
    if (file.size() >= foreign.magic.size() &&
        std::memcmp(file.data(), foreign.magic.data(), foreign.magic.size()) == 0)
      return fail(ErrorKind::input, "it is {}", foreign.what);
  if (looks_like_onnx(file))
    return fail(ErrorKind::unsupported, "it is an ONNX model, which is not supported yet; {}",
                "convert it to TFLite");
  return fail(ErrorKind::input, "unknown format; we read {}", known_formats());
}

Result<Graph> load_bytes(std::vector<std::byte> file, std::string name) {
  const Importer* importer = TRY(find_importer(file));
  Graph graph = TRY(importer->load(std::move(file), std::move(name)));
  TRY_STATUS(check_shapes(graph));
  return fold_constants(std::move(graph));
}

}  // namespace

Result<Graph> load_model(std::vector<std::byte> file, std::string name) {
  const std::string label = name;
  return in(load_bytes(std::move(file), std::move(name)), "model {}", label);
}

Result<Graph> load_model(const std::filesystem::path& file) {
  std::vector<std::byte> bytes = TRY(read_file(file));
  return in(load_bytes(std::move(bytes), file.stem().string()), "model {}", file.string());
}

}  // namespace assay
