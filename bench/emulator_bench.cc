// Emulators side by side on one image a core, with all counts, causes and memory accesses.
//
//   many/EMULATOR/CORE or PART  at least 300 M instructions in one run
//   one/EMULATOR/CORE or PART   start to end of a run of one inference: what starting costs
//
// Counters: `per_cpu_second`, instructions a second of processor time of this process and of QEMU's
// together, which a busy machine changes least; wall time is the benchmark's own. The images are
// those of the visual wake words model for QEMU's boards, which Unicorn runs too; and for parts
// with wait states and caches, whose memories are moved to where those boards have some.
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

/// A part whose memories are where a board of QEMU's has some.
struct MovedPart {
  const char *name, *machine;
  std::vector<std::pair<const char*, const char*>> words;  ///< of its file, and what replaces them
};

const std::vector<MovedPart>& moved_parts() {
  static const std::vector<MovedPart> parts = {
      {"nucleo-l4r5zi", "mps2-an386", {{"= 0x08000000", "= 0x00000000"}}},
      {"nucleo-h7a3zi-q",
       "mps2-an500",
       {{"= 0x00000000", "= 0x00300000"},  // ITCM, where nothing is
        {"= 0x08000000", "= 0x00000000"},
        {"= 0x24000000", "= 0x20100000"},
        {"= 0x30000000", "= 0x20300000"}}},
      {"nucleo-u575zi-q",
       "mps2-an505",
       {{"= 0x08000000", "= 0x10000000"},
        {"= 0x20000000", "= 0x38000000"},
        {"= 0x28000000", "= 0x38200000"}}},
      {"pico",
       "mps2-an385",
       {{"= 0x10000000", "= 0x00000000"}, {"image_offset_bytes = 256", "image_offset_bytes = 0"}}},
      {"esp32-c3-devkit",
       "virt",
       {{"= 0x42000000", "= 0x80000000"},
        {"data_address = 0x3c000000", ""},
        {"= 0x3fc80000", "= 0x81000000"}}},
  };
  return parts;
}

Result<Target> moved(const MovedPart& part) {
  const EmbeddedFile* file = find_embedded(fmt::format("data/targets/{}.toml", part.name));
  if (file == nullptr) return fail(ErrorKind::internal, "no target {}", part.name);
  std::string text(file->text);
  for (const auto& [from, to] : part.words) {
    const size_t at = text.find(from);
    if (at == std::string::npos)
      return fail(ErrorKind::internal, "{} has no \"{}\"", part.name, from);
    text.replace(at, std::string_view(from).size(), to);
  }
  text += fmt::format("\n[qemu]\nmachine = \"{}\"\nsource = \"to be timed on\"\n", part.machine);
  return read_target(text, file->path);
}

Result<Case> build(const BenchModel& model, Target target) {
  const Folder folder;
  Case one;
  one.target = std::move(target);
  one.core = TRY(load_core(one.target.core));
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

Status register_target(const BenchModel& model, std::string_view called, Target target) {
  Case one = TRY(in(build(model, std::move(target)), "{} on {}", model.name, called));
  for (const Emulator* emulator : all_emulators()) {
    if (!emulator->unavailable(one.core, one.target).empty()) continue;
    one.emulator = emulator;
    const RunFacts facts = TRY(run(one, 1));
    const auto many = static_cast<size_t>(kInstructions / facts.first.total.instructions + 1);
    const std::string name = fmt::format("{}/{}/{}", emulator->name, called, model.name);
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
    for (const auto& [machine, core] : kCores)
      TRY_STATUS(register_target(model, core, TRY(board(machine, core))));
    for (const MovedPart& part : moved_parts())
      TRY_STATUS(register_target(model, part.name, TRY(moved(part))));
  }
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
