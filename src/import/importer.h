// A model format: how to recognise it and how to read it. One file and a line in importers.def
// each.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "ir/graph.h"

namespace assay {

/// What a model's file leaves open and its user says.
struct ImportOptions {
  /// Shapes of inputs, by name; the empty name is the only input of a model that has one. An
  /// importer that does not use one of them fails.
  std::map<std::string, Shape, std::less<>> shapes = {};
  std::string signature = {};         ///< which of several; empty: the first
  std::filesystem::path folder = {};  ///< where files stand that the model names; empty: nowhere

  /// All of it as a line, for GraphParts::variant.
  std::string text() const;
};

struct Importer {
  std::string_view name;  ///< "tflite"
  /// Whether these are the first bytes of such a file (at least 16 unless the file is shorter).
  bool (*sniff)(std::span<const std::byte> head);
  /// Reads a hostile file. Errors are `input`, name the tensor or node, and carry no file frame.
  Result<Graph> (*load)(std::vector<std::byte> file, std::string name,
                        const ImportOptions& options);
};

#define ASSAY_IMPORTER(id) extern const Importer id##_importer;
#include "import/importers.def"
#undef ASSAY_IMPORTER

/// Whether some importer takes a file that begins so.
bool looks_like_model(std::span<const std::byte> file);

/// Reads a model: finds the importer, loads, checks shapes. Errors carry "model FILE", or say
/// "FILE: no such file".
Result<Graph> load_model(const std::filesystem::path& file, ImportOptions options = {});

/// The same for bytes already in memory.
Result<Graph> load_model(std::vector<std::byte> file, std::string name,
                         const ImportOptions& options = {});

}  // namespace assay
