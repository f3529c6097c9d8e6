// What the benchmark programs share: the models they run on, and a main that says what failed.
#pragma once

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "import/importer.h"
#include "util/files.h"

namespace assay {

struct BenchModel {
  std::string name;
  std::vector<std::byte> file;
  Graph graph;
};

/// MLPerf Tiny's int8 models if they lie beside the repository, else the shipped ones of the same
/// shapes with synthetic weights.
inline Result<std::vector<BenchModel>> bench_models() {
  constexpr const char* kFiles[][3] = {
      {"kws", "mlperf-kws/kws_ref_model.tflite", "kws.tflite"},
      {"vww", "mlperf-vww/vww_96_int8.tflite", "vww.tflite"},
      {"resnet", "mlperf-ic/pretrainedResnet_quant.tflite", "resnet.tflite"},
      {"ad", "mlperf-ad/ad01_int8.tflite", "ad.tflite"}};
  const std::filesystem::path root = ASSAY_SOURCE_DIR;
  const std::filesystem::path own = root.parent_path() / "shared" / "models";
  std::vector<BenchModel> models;
  for (const auto& [name, mlperf, shipped] : kFiles) {
    const bool is_own = std::filesystem::exists(own / mlperf);
    std::vector<std::byte> file =
        TRY(read_file(is_own ? own / mlperf : root / "examples" / shipped));
    Graph graph = TRY(in(load_model(file, name), "model {}", name));
    models.push_back(
        {fmt::format("{}{}", name, is_own ? "" : "-shaped"), std::move(file), std::move(graph)});
  }
  return models;
}

/// Registers with `register_all` and runs what the command line chose. Whatever can fail is done
/// while registering, so that a benchmark that cannot run ends the program.
template <class Register>
int bench_main(int argc, char** argv, Register register_all) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  Result<std::vector<BenchModel>> models = bench_models();
  const Status status = models ? register_all(*models) : std::unexpected(models.error());
  if (!status) {
    fmt::print(stderr, "{}: {}\n", argv[0], text(status.error()));
    return exit_code(status.error());
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace assay
