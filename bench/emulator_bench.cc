// Emulators side by side on one image a core, with all counts, causes and memory accesses.
//
//   many/EMULATOR/CORE  at least 300 M instructions in one run
//   one/EMULATOR/CORE   start to end of a run of one inference: what starting costs
//
// Counters: `per_cpu_second`, instructions a second of processor time of this process and of QEMU's
// together, which a busy machine changes least; wall time is the benchmark's own. The images are
// those of the visual wake words model for QEMU's boards, which Unicorn runs too.
#include <sys/resource.h>

#include <cstdlib>

#include "bench_models.h"
#include "estimate/totals.h"
#include "measure/measure.h"
#include "ops/run.h"
#include "util/embedded.h"

namespace assay {
namespace {

constexpr int64_t kInstructions = 300'000'000;

struct Case {
  Target target;
  CoreTiming core;
  Program program;
  Image image;
  std::vector<std::byte> input;
  const Emulator* emulator = nullptr;
};

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

double cpu_seconds() {
  double seconds = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& part : {usage.ru_utime, usage.ru_stime})
      seconds += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) * 1e-6;
  }
  return seconds;
}

Result<RunFacts> run(const Case& one, size_t inferences) {
  const ElfFile elf = TRY(read_elf(one.image.elf));
  const RunRequest request =
      run_request(elf, one.program, one.target, one.core,
                  std::vector<std::vector<std::byte>>(inferences, one.input), {});
  return one.emulator->run(request);
}

/// The board's file with another core: Armv6-M code runs on QEMU's Cortex-M3.
Result<Target> board(std::string_view name, std::string_view core) {
  const EmbeddedFile* file = find_embedded(fmt::format("data/targets/{}.toml", name));
  if (file == nullptr) return fail(ErrorKind::internal, "no target {}", name);
  std::string text(file->text);
  const size_t at = text.find("core         = \""), from = at + 16, to = text.find('"', from);
  if (at == std::string::npos) return fail(ErrorKind::internal, "{} names no core", name);
  text.replace(from, to - from, core);
  return read_target(text, file->path);
}

Result<Case> build(const BenchModel& model, std::string_view machine, std::string_view core) {
  const Folder folder;
  Case one;
  one.target = TRY(board(machine, core));
  one.core = TRY(load_core(core));
  const Runtime* runtime = TRY(find_runtime("aot"));
  one.program =
      TRY(runtime->emit(model.graph, {lower_options(one.target, Optimize::balanced), {}}));
  const Toolchain toolchain = TRY(find_toolchain("", isa_family(one.core.isa)));
  one.image = TRY(build_image(one.program, one.target, toolchain, {}, folder.path));
  if (one.image.elf.empty()) return fail(ErrorKind::input, "{} does not fit", model.name);
  for (const Bytes& input : seeded_inputs(model.graph, kDefaultSeed))
    one.input.insert(one.input.end(), input.begin(), input.end());
  return one;
}

void emulate(benchmark::State& state, const Case& one, size_t inferences) {
  int64_t instructions = 0;
  const double before = cpu_seconds();
  for (auto _ : state) {
    const Result<RunFacts> facts = run(one, inferences);
    if (!facts) return state.SkipWithError(text(facts.error()).c_str());
    for (const Counts& counts : facts->inferences) instructions += counts.instructions;
  }
  state.counters["per_cpu_second"] = static_cast<double>(instructions) / (cpu_seconds() - before);
  state.SetItemsProcessed(instructions);
}

Status register_core(const BenchModel& model, std::string_view machine, std::string_view core) {
  Case one = TRY(in(build(model, machine, core), "{} on {}", model.name, machine));
  for (const Emulator* emulator : all_emulators()) {
    if (!emulator->unavailable(one.core, one.target).empty()) continue;
    one.emulator = emulator;
    const RunFacts facts = TRY(run(one, 1));
    const auto many = static_cast<size_t>(kInstructions / facts.first.total.instructions + 1);
    const std::string name = fmt::format("{}/{}/{}", emulator->name, core, model.name);
    benchmark::RegisterBenchmark(("many/" + name).c_str(), emulate, one, many)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
    benchmark::RegisterBenchmark(("one/" + name).c_str(), emulate, one, 1)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
  return {};
}

Status register_all(const std::vector<BenchModel>& models) {
  constexpr std::pair<const char*, const char*> kCores[] = {
      {"mps2-an385", "cortex_m0plus"},  {"mps2-an385", "cortex_m3"},  {"mps2-an386", "cortex_m4"},
      {"mps2-an500", "cortex_m7"},      {"mps2-an505", "cortex_m33"}, {"mps3-an547", "cortex_m55"},
      {"qemu-virt-rv32", "sifive_e31"},
  };
  for (const BenchModel& model : models) {
    if (!model.name.starts_with("vww")) continue;
    for (const auto& [machine, core] : kCores) TRY_STATUS(register_core(model, machine, core));
  }
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
