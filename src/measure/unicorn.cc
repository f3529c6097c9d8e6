// Unicorn (QEMU's translator as a library): runs the very image that would be flashed, at the
// part's real addresses, and tells BlockCounter of each basic block.
//
// One hook a block and one an access: what memory adds depends on addresses.
// Semihosting's BKPT arrives as an interrupt with pc still on it. Peripherals are a window where
// the last write reads back; the private peripheral bus is plain memory. Not handled: interrupts,
// SysTick and exceptions (an instruction that would raise one ends the run as a fault), M55, caches
// (timing is hw/'s business). Any number may run in threads: all state is in Run.
#include <fmt/format.h>
#include <unicorn/unicorn.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "measure/inference_counter.h"
#include "measure/semihosting.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kPeripherals = 0x40000000, kPeripheralsBytes = 0x20000000;
constexpr uint64_t kPrivateBus = 0xe0000000, kPrivateBusBytes = 0x100000;
constexpr uint64_t kNever = 0xfffffffe;      ///< no block starts there
constexpr uint32_t kBreakpoint = 7;          ///< QEMU's EXCP_BKPT
constexpr int64_t kLookAround = 50'000'000;  ///< instructions between looks at the clock
constexpr size_t kMaxNotes = 20;

struct CpuModel {
  std::string_view core;
  int model;
};
constexpr CpuModel kModels[] = {
    {"cortex_m0", UC_CPU_ARM_CORTEX_M0}, {"cortex_m0plus", UC_CPU_ARM_CORTEX_M0},
    {"cortex_m3", UC_CPU_ARM_CORTEX_M3}, {"cortex_m4", UC_CPU_ARM_CORTEX_M4},
    {"cortex_m7", UC_CPU_ARM_CORTEX_M7}, {"cortex_m33", UC_CPU_ARM_CORTEX_M33},
};

struct Close {
  void operator()(uc_engine* engine) const { uc_close(engine); }
};
using Engine = std::unique_ptr<uc_engine, Close>;

struct Run {
  const RunRequest& request;
  uc_engine* engine;
  BlockCounter& counter;
  InferenceCounter& inferences;
  SemihostingHost host = {};
  GuestMemory memory = {};
  bool stopped = false;
  std::optional<Error> error = {};
  int64_t quantum = 0;       ///< instructions granted at the last look around
  int64_t instructions = 0;  ///< until then
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  int64_t one_by_one = 0;  ///< instructions, if the request wants them counted twice
  uint32_t one_by_one_next = 0,
           one_by_one_end = 0;                    ///< the address after the last, its block's end
  std::map<uint64_t, uint32_t> peripherals = {};  ///< last written, by address
  std::vector<std::string> notes = {};
};

uint32_t read_register(uc_engine* engine, int id) {
  uint32_t value = 0;
  uc_reg_read(engine, id, &value);
  return value;
}

void write_register(uc_engine* engine, int id, uint32_t value) { uc_reg_write(engine, id, &value); }

void stop(Run& run, std::optional<Error> error) {
  if (!run.stopped) run.error = std::move(error);
  run.stopped = true;
  uc_emu_stop(run.engine);
}

Error fault(const Run& run, std::string_view what) {
  const uint32_t pc = read_register(run.engine, UC_ARM_REG_PC) & ~1u;
  return {ErrorKind::input,
          fmt::format("the image faulted at 0x{:08x} in {}: {}", pc, run.inferences.place(), what),
          {}};
}

/// Grants the next instructions, or ends the run at a limit.
void look_around(Run& run) {
  run.instructions += run.quantum - run.counter.instructions_left;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - run.started;
  const RunRequest& request = run.request;
  if (request.cancelled && *request.cancelled)
    return stop(run, Error{ErrorKind::environment, "cancelled", {}});
  if (run.instructions >= request.max_instructions)
    return stop(run, Error{ErrorKind::input,
                           fmt::format("stopped in {}: the limit of {} instructions",
                                       run.inferences.place(), thousands(request.max_instructions)),
                           {}});
  if (elapsed.count() > request.max_seconds)
    return stop(run, Error{ErrorKind::environment,
                           fmt::format("stopped in {}: the limit of {} s", run.inferences.place(),
                                       request.max_seconds),
                           {}});
  run.quantum = std::min(kLookAround, request.max_instructions - run.instructions);
  run.counter.instructions_left = run.quantum;
}

void on_block(uc_engine* engine, uint64_t address, uint32_t bytes, void* user) {
  Run& run = *static_cast<Run*>(user);
  if (run.stopped) {  // a stop asked for in another hook, or in the block before, may have been
                      // lost
    uc_emu_stop(engine);
    return;
  }
  BlockCounter& counter = run.counter;
  Block& block = counter.find(static_cast<uint32_t>(address), bytes);
  counter.arrive(block);
  if (block.marks & Block::kAttend)
    run.inferences.attend(
        block, {read_register(engine, UC_ARM_REG_SP), read_register(engine, UC_ARM_REG_LR)});
  counter.start(block);
  if (counter.instructions_left < 0) look_around(run);
}

void on_access(uc_engine*, uc_mem_type type, uint64_t address, int bytes, int64_t, void* user) {
  static_cast<Run*>(user)->counter.access(static_cast<uint32_t>(address),
                                          static_cast<uint32_t>(bytes), type == UC_MEM_WRITE);
}

/// Instructions in [from, to): what a condition of IT skipped fires no hook, but takes its cycle.
int64_t instructions_between(uc_engine* engine, uint32_t from, uint32_t to) {
  int64_t count = 0;
  for (uint16_t first = 0; from < to; from += first >= 0xe800 ? 4 : 2, ++count)
    if (uc_mem_read(engine, from, &first, sizeof first) != UC_ERR_OK) break;
  return count;
}

/// Counts again without blocks' sizes, for tests.
void on_instruction(uc_engine* engine, uint64_t address, uint32_t bytes, void* user) {
  Run& run = *static_cast<Run*>(user);
  if (run.stopped) return;
  const auto at = static_cast<uint32_t>(address);
  const bool first_of_block = at == run.counter.block().begin;
  const uint32_t until = first_of_block ? run.one_by_one_end : at;
  run.one_by_one += instructions_between(engine, run.one_by_one_next, until) + 1;
  run.one_by_one_next = at + bytes;
  run.one_by_one_end = run.counter.block().end;
}

void on_interrupt(uc_engine* engine, uint32_t number, void* user) {
  Run& run = *static_cast<Run*>(user);
  if (run.stopped) return;
  const uint32_t pc = read_register(engine, UC_ARM_REG_PC) & ~1u;
  uint16_t insn = 0;
  uc_mem_read(engine, pc, &insn, sizeof insn);
  constexpr uint16_t kSemihosting = 0xbeab;
  if (number != kBreakpoint || insn != kSemihosting)
    return stop(run, fault(run, fmt::format("exception {} of the emulator", number)));
  run.host.inferences = run.inferences.inferences();
  const uint32_t result =
      semihosting_call(run.host, run.memory, read_register(engine, UC_ARM_REG_R0),
                       read_register(engine, UC_ARM_REG_R1));
  write_register(engine, UC_ARM_REG_R0, result);
  write_register(engine, UC_ARM_REG_PC, (pc + 2) | 1);
  if (run.host.exit_code) stop(run, std::nullopt);
}

bool on_invalid(uc_engine*, uc_mem_type type, uint64_t address, int bytes, int64_t, void* user) {
  Run& run = *static_cast<Run*>(user);
  std::string_view what = "access to";
  if (type == UC_MEM_READ_UNMAPPED || type == UC_MEM_READ_PROT) what = "read of";
  if (type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT) what = "write of";
  if (type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT) what = "jump to";
  const bool is_flash = type == UC_MEM_WRITE_PROT;
  stop(run, fault(run, fmt::format("{} {} bytes at 0x{:08x}, {}", what, bytes, address,
                                   is_flash ? "which is flash" : "where nothing is")));
  return false;
}

void note_peripheral(Run& run, uint64_t offset) {
  if (run.peripherals.contains(offset) || run.notes.size() >= kMaxNotes) return;
  run.notes.push_back(
      fmt::format("0x{:08x} is a peripheral that nothing models", kPeripherals + offset));
}

uint64_t on_peripheral_read(uc_engine*, uint64_t offset, unsigned, void* user) {
  Run& run = *static_cast<Run*>(user);
  note_peripheral(run, offset);
  return run.peripherals[offset];
}

void on_peripheral_write(uc_engine*, uint64_t offset, unsigned, uint64_t value, void* user) {
  Run& run = *static_cast<Run*>(user);
  note_peripheral(run, offset);
  run.peripherals[offset] = static_cast<uint32_t>(value);
}

Status check(uc_err error, std::string_view doing) {
  if (error == UC_ERR_OK) return {};
  return fail(ErrorKind::environment, "unicorn: {}: {}", doing, uc_strerror(error));
}

/// The target's regions in whole pages; what two regions share belongs to the lower.
Status map_memory(uc_engine* engine, const Target& target) {
  std::vector<const MemoryRegion*> regions;
  regions.reserve(target.regions.size());
  for (const MemoryRegion& region : target.regions) regions.push_back(&region);
  std::ranges::sort(regions, {}, &MemoryRegion::address);
  uint64_t mapped = 0;
  for (const MemoryRegion* region : regions) {
    const uint64_t begin = std::max<uint64_t>(mapped, region->address / kPage * kPage);
    const uint64_t end = (region->address + region->size_bytes + kPage - 1) / kPage * kPage;
    if (end <= begin) continue;
    const uint32_t rights =
        region->kind == RegionKind::flash ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_ALL;
    TRY_STATUS(in(check(uc_mem_map(engine, begin, end - begin, rights), "mapping memory"),
                  "region {}", region->name));
    mapped = end;
  }
  return check(uc_mem_map(engine, kPrivateBus, kPrivateBusBytes, UC_PROT_READ | UC_PROT_WRITE),
               "mapping the private peripheral bus");
}

/// The image as a programmer would write it: what is stored, where it is stored.
Status load_image(uc_engine* engine, const ElfFile& elf) {
  for (const ElfSegment& segment : elf.segments)
    if (!segment.bytes.empty())
      TRY_STATUS(in(check(uc_mem_write(engine, segment.load_address, segment.bytes.data(),
                                       segment.bytes.size()),
                          "loading"),
                    "segment at 0x{:08x}", segment.load_address));
  return {};
}

uint32_t vector_table(const ElfFile& elf, const Target& target) {
  for (const ElfSection& section : elf.sections)
    if (section.name == ".vectors" || section.name == ".isr_vector") return section.address;
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::flash)
      return region.address + static_cast<uint32_t>(target.image_offset_bytes);
  return 0;
}

/// Unicorn's Cortex-M7 lacks the double-precision FPU. The same Thumb-2 code runs on its A-profile
/// core that has everything; what tells the profiles apart (exceptions, special registers, ARM
/// state) measured code does not use.
bool needs_other_profile(const RunRequest& request) {
  return request.core.name == "cortex_m7" && request.target.fpu == "dp";
}

Status enable_fpu(uc_engine* engine) {
  constexpr uint32_t kFullAccess = 0xf << 20, kEnable = 1u << 30;
  TRY_STATUS(check(uc_reg_write(engine, UC_ARM_REG_C1_C0_2, &kFullAccess), "enabling the FPU"));
  return check(uc_reg_write(engine, UC_ARM_REG_FPEXC, &kEnable), "enabling the FPU");
}

Result<Engine> open_engine(const RunRequest& request) {
  const auto model = std::ranges::find(kModels, request.core.name, &CpuModel::core);
  if (model == std::end(kModels))
    return fail(ErrorKind::unsupported, "unicorn has no {}", request.core.title);
  const bool other_profile = needs_other_profile(request);
  uc_engine* raw = nullptr;
  const int mode = other_profile ? UC_MODE_THUMB : UC_MODE_THUMB | UC_MODE_MCLASS;
  TRY_STATUS(check(uc_open(UC_ARCH_ARM, static_cast<uc_mode>(mode), &raw), "opening"));
  Engine engine(raw);
  const int cpu = other_profile ? static_cast<int>(UC_CPU_ARM_MAX) : model->model;
  TRY_STATUS(check(uc_ctl_set_cpu_model(raw, cpu), "choosing the core"));
  TRY_STATUS(map_memory(raw, request.target));
  TRY_STATUS(load_image(raw, request.elf));
  if (other_profile) TRY_STATUS(enable_fpu(raw));
  return engine;
}

/// Each callback has a type of its own; the library takes them all as void*.
template <class Callback>
Status add_hook(Run& run, int type, Callback* callback) {
  uc_hook hook = 0;
  return check(uc_hook_add(run.engine, &hook, type, reinterpret_cast<void*>(callback), &run, 1, 0),
               "hooking");
}

Status add_hooks(Run& run) {
  TRY_STATUS(check(uc_mmio_map(run.engine, kPeripherals, kPeripheralsBytes, on_peripheral_read,
                               &run, on_peripheral_write, &run),
                   "mapping the peripherals"));
  TRY_STATUS(add_hook(run, UC_HOOK_BLOCK, on_block));
  TRY_STATUS(add_hook(run, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, on_access));
  if (run.request.count_twice) TRY_STATUS(add_hook(run, UC_HOOK_CODE, on_instruction));
  TRY_STATUS(add_hook(run, UC_HOOK_INTR, on_interrupt));
  return add_hook(run, UC_HOOK_MEM_INVALID, on_invalid);
}

/// What the run as a whole says: it must have ended by itself, well, and after all inputs.
Status check_end(const Run& run, uc_err ended, uint32_t stack_limit, const RunFacts& facts,
                 uint32_t stack_top) {
  if (run.error) return std::unexpected(*run.error);
  if (!run.host.exit_code) return std::unexpected(fault(run, uc_strerror(ended)));
  const size_t wanted = run.request.inputs.size();
  if (*run.host.exit_code != 0 || facts.inferences.size() != wanted)
    return fail(ErrorKind::input, "the firmware ended with code {} after {} of {} inferences",
                *run.host.exit_code, facts.inferences.size(), wanted);
  if (run.request.count_twice && run.one_by_one != run.counter.instructions())
    return fail(ErrorKind::internal, "{} instructions by blocks, {} one by one",
                run.counter.instructions(), run.one_by_one);
  if (stack_limit != 0 && facts.stack_bytes > int64_t{stack_top} - stack_limit)
    return fail(ErrorKind::input, "the stack took {} B, but only {} B are free beside static data",
                thousands(facts.stack_bytes), thousands(int64_t{stack_top} - stack_limit));
  return {};
}

std::string missing() { return ""; }

std::string unavailable(const CoreTiming& core, const Target& /*target*/) {
  if (std::ranges::find(kModels, core.name, &CpuModel::core) != std::end(kModels)) return "";
  return fmt::format("unicorn has no {}", core.title);
}

Result<RunFacts> run_image(const RunRequest& request) {
  const Engine engine = TRY(open_engine(request));
  const auto read_code = [raw = engine.get()](uint32_t address, uint32_t bytes) {
    std::vector<std::byte> code(bytes);
    if (uc_mem_read(raw, address, code.data(), bytes) != UC_ERR_OK) code.clear();
    return code;
  };
  BlockCounter counter(request.elf, request.target, request.core, read_code);
  InferenceCounter inferences = TRY(InferenceCounter::make(request, counter));
  Run run{.request = request, .engine = engine.get(), .counter = counter, .inferences = inferences};
  run.memory.read = [raw = engine.get()](uint32_t address, std::span<std::byte> to) {
    return uc_mem_read(raw, address, to.data(), to.size()) == UC_ERR_OK;
  };
  run.memory.write = [raw = engine.get()](uint32_t address, std::span<const std::byte> from) {
    return uc_mem_write(raw, address, from.data(), from.size()) == UC_ERR_OK;
  };
  for (const auto& input : request.inputs)
    run.host.input.insert(run.host.input.end(), input.begin(), input.end());
  std::vector<std::vector<std::byte>> captured(request.captures.size());
  if (!request.captures.empty())
    inferences.on_layer_end = [&](size_t layer) {
      for (size_t i = 0; i < captured.size(); ++i) {
        const Capture& wanted = request.captures[i];
        if (wanted.layer != layer) continue;
        captured[i].resize(wanted.bytes);
        if (!run.memory.read(wanted.address, captured[i])) captured[i].clear();
      }
    };
  TRY_STATUS(add_hooks(run));
  uint32_t vectors[2] = {};  // initial sp, reset handler
  TRY_STATUS(check(
      uc_mem_read(engine.get(), vector_table(request.elf, request.target), vectors, sizeof vectors),
      "reading the vector table"));
  write_register(engine.get(), UC_ARM_REG_SP, vectors[0]);
  run.counter.begin_at(vectors[1] & ~1u);
  const uc_err ended = uc_emu_start(engine.get(), vectors[1] | 1, kNever, 0, 0);
  RunFacts facts = inferences.facts(vectors[0]);
  const ElfSymbol* limit = request.elf.find("__stack_limit");
  TRY_STATUS(check_end(run, ended, limit ? limit->address : 0, facts, vectors[0]));
  facts.outputs = std::move(run.host.outputs);
  facts.outputs.resize(request.inputs.size());
  facts.captured = std::move(captured);
  facts.console = std::move(run.host.console);
  for (auto* notes : {&run.notes, &run.host.notes})
    facts.notes.insert(facts.notes.end(), notes->begin(), notes->end());
  return facts;
}

}  // namespace

const Emulator unicorn_emulator = {
    .name = "unicorn",
    .summary = "in process, at the part's real addresses; Cortex-M0, M0+, M3, M4, M7, M33",
    .missing = missing,
    .unavailable = unavailable,
    .run = run_image,
};

}  // namespace assay
