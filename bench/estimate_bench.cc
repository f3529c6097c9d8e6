// Estimates in process: of a model that is prepared, as a search over targets asks, and from the
// graph, as a search over architectures does. kws: 12 layers, 2.7 M MACs.
#include <benchmark/benchmark.h>

#include "bench_models.h"
#include "estimate/estimate.h"
#include "estimate/totals.h"
#include "import/importer.h"

namespace {

const assay::Graph& kws() {
  static const assay::Graph graph =
      *assay::load_model(std::filesystem::path(ASSAY_SOURCE_DIR "/examples/kws.tflite"));
  return graph;
}

const assay::Target& target() {
  static const assay::Target found = *assay::load_target("nucleo-l4r5zi");
  return found;
}

void estimate_prepared(benchmark::State& state) {
  const assay::Prepared model =
      *assay::prepare(kws(), assay::lower_options(target(), assay::Optimize::balanced));
  const assay::CostTable& table = *assay::shipped_cost_table(target().name);
  for (auto _ : state) benchmark::DoNotOptimize(assay::estimate(model, table).cycles);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(estimate_prepared);

void estimate_from_graph(benchmark::State& state) {
  const assay::CostTable& table = *assay::shipped_cost_table(target().name);
  const auto options = assay::lower_options(target(), assay::Optimize::balanced);
  for (auto _ : state) {
    const assay::Prepared model = *assay::prepare(kws(), options);
    benchmark::DoNotOptimize(assay::estimate(model, table).cycles);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(estimate_from_graph);

}  // namespace

BENCHMARK_MAIN();
