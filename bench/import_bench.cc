// From a model's bytes to a checked graph: verification, every index, shape and type. Reading the
// file from disk is not in it.
#include "bench_models.h"

namespace assay {
namespace {

void import_model(benchmark::State& state, const BenchModel& model) {
  for (auto _ : state) {
    const Result<Graph> graph = load_model(model.file, model.name);
    if (!graph) return state.SkipWithError(text(graph.error()).c_str());
    benchmark::DoNotOptimize(graph->nodes().size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(model.file.size()));
}

Status register_all(const std::vector<BenchModel>& models) {
  for (const BenchModel& model : models)
    benchmark::RegisterBenchmark(("import/" + model.name).c_str(), import_model, std::cref(model))
        ->Unit(benchmark::kMicrosecond);
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
