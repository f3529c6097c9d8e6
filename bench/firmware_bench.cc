// The emulator, and the decoder and timer beneath it, on real Cortex-M4 images built once.
//
//   emulate/MODEL      at least 300 M instructions in one run, all counts and cycles by layer;
//   items
//                      are instructions, start-up and translation included
//   emulate_one/MODEL  start to end of a run of one inference
//   time_code/MODEL    decoding and timing all the image's code as one stretch a function; items
//   are
//                      instructions
#include <cstdlib>

#include "bench_models.h"
#include "estimate/totals.h"
#include "measure/measure.h"
#include "ops/run.h"

namespace assay {
namespace {

constexpr int64_t kInstructions = 300'000'000;

struct Firmware {
  Target target;
  CoreTiming core;
  Program program;
  Image image;
  std::vector<std::byte> input;
  int64_t instructions = 0;  ///< of one inference
};

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

Result<RunFacts> run(const Firmware& firmware, size_t inferences) {
  const ElfFile elf = TRY(read_elf(firmware.image.elf));
  const RunRequest request =
      run_request(elf, firmware.program, firmware.target, firmware.core,
                  std::vector<std::vector<std::byte>>(inferences, firmware.input), {});
  const Emulator* emulator = TRY(choose_emulator(firmware.core, firmware.target));
  return emulator->run(request);
}

Result<Firmware> build(const BenchModel& model) {
  const Folder folder;
  Firmware firmware;
  firmware.target = TRY(load_target("nucleo-l4r5zi"));
  firmware.core = TRY(load_core(firmware.target.core));
  const Runtime* runtime = TRY(find_runtime("aot"));
  firmware.program =
      TRY(runtime->emit(model.graph, {lower_options(firmware.target, Optimize::balanced), {}}));
  const Toolchain toolchain = TRY(find_toolchain("", arm_family));
  firmware.image = TRY(build_image(firmware.program, firmware.target, toolchain, {}, folder.path));
  if (firmware.image.elf.empty()) return fail(ErrorKind::input, "{} does not fit", model.name);
  for (const Bytes& input : seeded_inputs(model.graph, kDefaultSeed))
    firmware.input.insert(firmware.input.end(), input.begin(), input.end());
  firmware.instructions = TRY(run(firmware, 1)).first.total.instructions;
  return firmware;
}

void emulate(benchmark::State& state, const Firmware& firmware, size_t inferences) {
  int64_t instructions = 0;
  for (auto _ : state) {
    const Result<RunFacts> facts = run(firmware, inferences);
    if (!facts) return state.SkipWithError(text(facts.error()).c_str());
    for (const Counts& counts : facts->inferences) instructions += counts.instructions;
  }
  state.SetItemsProcessed(instructions);
}

void time_code(benchmark::State& state, const Firmware& firmware) {
  const Result<ElfFile> elf = read_elf(firmware.image.elf);
  if (!elf) return state.SkipWithError(text(elf.error()).c_str());
  int64_t instructions = 0;
  for (auto _ : state)
    for (const ElfSymbol& symbol : elf->symbols) {
      if (!symbol.is_function) continue;
      for (const ElfSegment& segment : elf->segments) {
        const uint32_t begin = symbol.address - segment.run_address;
        if (symbol.address < segment.run_address ||
            begin + static_cast<uint64_t>(symbol.bytes) > segment.bytes.size())
          continue;
        const std::vector<Insn> insns =
            decode(segment.bytes.subspan(begin, static_cast<size_t>(symbol.bytes)), symbol.address,
                   firmware.core.isa);
        benchmark::DoNotOptimize(time_block(firmware.core, insns));
        instructions += static_cast<int64_t>(insns.size());
      }
    }
  state.SetItemsProcessed(instructions);
}

Status register_all(const std::vector<BenchModel>& models) {
  for (const BenchModel& model : models) {
    const Firmware firmware = TRY(in(build(model), "model {}", model.name));
    const auto many = static_cast<size_t>(kInstructions / firmware.instructions + 1);
    benchmark::RegisterBenchmark(("emulate/" + model.name).c_str(), emulate, firmware, many)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("emulate_one/" + model.name).c_str(), emulate, firmware, 1)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("time_code/" + model.name).c_str(), time_code, firmware)
        ->Unit(benchmark::kMicrosecond);
  }
  return {};
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::bench_main(argc, argv, assay::register_all); }
