// --quantize: which inputs the ranges are learnt from.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/common.h"
#include "ops/quantise.h"

namespace assay {
namespace {

constexpr int kMadeUp = 8;
constexpr size_t kMostFiles = 100'000;

/// Every input file of a folder, by name.
Result<std::vector<std::vector<Bytes>>> of_folder(const std::filesystem::path& folder,
                                                  const Graph& graph) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string kind = entry.path().extension().string();
    if (kind == ".npy" || kind == ".npz" || kind == ".bin") files.push_back(entry.path().string());
    if (files.size() > kMostFiles) return fail(ErrorKind::input, "more than {} files", kMostFiles);
  }
  if (error) return fail(ErrorKind::input, "{}", error.message());
  if (files.empty()) return fail(ErrorKind::input, "no .npy, .npz or .bin in it");
  std::ranges::sort(files);
  std::vector<std::vector<Bytes>> inputs;
  for (const std::string& file : files)
    inputs.push_back(TRY(in(read_input(graph, file, nullptr), "input {}", file)));
  return inputs;
}

Result<std::vector<std::vector<Bytes>>> calibration_inputs(const std::string& from,
                                                           const Graph& graph) {
  if (std::filesystem::is_directory(from)) return of_folder(from, graph);
  return data_rows(from, graph);
}

Result<Clip> clip_of(const std::string& word) {
  if (word == "minmax") return Clip::minmax;
  if (word == "percentile") return Clip::percentile;
  if (word == "mse") return Clip::mse;
  return fail(ErrorKind::usage, "--clip '{}' is none of minmax, percentile, mse", word);
}

}  // namespace

Result<Graph> quantised(const Args& args, Graph graph) {
  if (args.text("quantize") != "int8")
    return fail(ErrorKind::usage, "--quantize '{}': only int8", args.text("quantize"));
  const Clip clip = TRY(clip_of(args.text("clip")));
  const auto source = std::make_shared<const Graph>(std::move(graph));
  if (args.has("calibrate")) {
    const std::string from = args.text("calibrate");
    const auto inputs = TRY(in(calibration_inputs(from, *source), "calibration {}", from));
    return quantise(source, inputs, clip);
  }
  std::vector<std::vector<Bytes>> inputs;
  for (uint64_t seed = 0; seed < kMadeUp; ++seed)
    inputs.push_back(seeded_inputs(*source, kDefaultSeed + seed * 0x9E3779B9U));
  return quantise(source, inputs, clip,
                  "; made-up inputs: costs hold, outputs do not; --calibrate gives real ones");
}

}  // namespace assay
