// Choosing kernels, folding constants (lower) and planning the arena (plan), as `measure` does for
// a Cortex-M4.
#include "bench_models.h"
#include "estimate/plan.h"
#include "estimate/totals.h"

namespace assay {
namespace {

void lower_model(benchmark::State& state, const BenchModel& model, const LowerOptions& options) {
  for (auto _ : state) benchmark::DoNotOptimize(lower_for_plan(model.graph, options, {}));
}

void plan_model(benchmark::State& state, const BenchModel& model, const LowerOptions& options) {
  const std::vector<KernelCall> calls = lower_for_plan(model.graph, options, {});
  for (auto _ : state) benchmark::DoNotOptimize(plan_memory(model.graph, calls));
}

Status register_all(const std::vector<BenchModel>& models) {
  const Target target = TRY(load_target("nucleo-l4r5zi"));
  const LowerOptions options = lower_options(target, Optimize::balanced);
  for (const BenchModel& model : models) {
    benchmark::RegisterBenchmark(("lower/" + model.name).c_str(), lower_model, std::cref(model),
                                 options)
        ->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("plan/" + model.name).c_str(), plan_model, std::cref(model),
                                 options)
        ->Unit(benchmark::kMicrosecond);
  }
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
