// From a model's bytes to a checked graph: verification, every index, shape and type. Reading the
// file from disk is not in it. After the four models the largest of ../shared/models.
#include "bench_models.h"

namespace assay {
namespace {

void import_model(benchmark::State& state, const std::vector<std::byte>& file) {
  for (auto _ : state) {
    const Result<Graph> graph = load_model(file, "model");
    if (!graph) return state.SkipWithError(text(graph.error()).c_str());
    benchmark::DoNotOptimize(graph->nodes().size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(file.size()));
}

/// The largest model below the folder; nothing if there is none.
std::filesystem::path largest_model(const std::filesystem::path& folder) {
  std::filesystem::path found;
  if (!std::filesystem::is_directory(folder)) return found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (const std::filesystem::path& path = entry.path();
        (path.extension() == ".tflite" || path.extension() == ".onnx") &&
        (found.empty() || entry.file_size() > std::filesystem::file_size(found)))
      found = path;
  return found;
}

void add(const std::string& name, std::vector<std::byte> file) {
  benchmark::RegisterBenchmark(("import/" + name).c_str(), [file = std::move(file)](
                                                               benchmark::State& state) {
    import_model(state, file);
  })->Unit(benchmark::kMicrosecond);
}

Status register_all(const std::vector<BenchModel>& models) {
  for (const BenchModel& model : models) add(model.name, model.file);
  const auto folder = std::filesystem::path(ASSAY_SOURCE_DIR).parent_path() / "shared" / "models";
  if (const std::filesystem::path path = largest_model(folder); !path.empty())
    add("largest:" + path.filename().string(), TRY(read_file(path)));
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
