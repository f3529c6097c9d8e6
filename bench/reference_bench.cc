// The host's reference kernels, one inference of a whole model; items are multiply-accumulates.
// kws, vww and resnet are convolutions but for a hundredth part, ad is fully connected.
#include "bench_models.h"
#include "estimate/totals.h"
#include "ops/run.h"

namespace assay {
namespace {

void run_model(benchmark::State& state, const BenchModel& model) {
  const std::vector<Bytes> inputs = seeded_inputs(model.graph, kDefaultSeed);
  for (auto _ : state) {
    const Result<std::vector<Bytes>> outputs = run_reference(model.graph, inputs);
    if (!outputs) return state.SkipWithError(text(outputs.error()).c_str());
  }
  state.SetItemsProcessed(state.iterations() * totals(model.graph).macs);
}

Status register_all(const std::vector<BenchModel>& models) {
  for (const BenchModel& model : models) {
    TRY(run_reference(model.graph, seeded_inputs(model.graph, kDefaultSeed)));
    benchmark::RegisterBenchmark(("reference/" + model.name).c_str(), run_model, std::cref(model))
        ->Unit(benchmark::kMillisecond);
  }
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
