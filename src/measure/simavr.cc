// Our own firmware on simavr, in process: AVR parts, instruction by instruction, with simavr's
// cycles.
//
// The idea: code is cut into basic blocks when it is first reached; for each instruction of a block
// it is known beforehand where its operand stands in memory (hw/avr.h), so accesses are counted and
// checked before simavr runs it. BlockCounter attributes blocks as for any other emulator, and
// times them by the core's file; after every block its clock must be simavr's, or the run ends:
// what is reported is both.
//
// A block ends where a function begins, too, so that code which falls through counts for its
// function. Semihosting's trap is an OUT of r24 to GPIOR0 (firmware/avr.h). Not handled:
// interrupts, timers, the watchdog and all other peripherals (their clocks do not run), SPM; a
// conditional branch to the very next instruction, whose second cycle only simavr sees (the run
// then ends; no compiler writes one).
//
// Source: simavr 1.6, sim_avr.h, sim_core.h; it does not itself keep a wild pointer from its own
// memory.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>

#include "hw/avr.h"
#include "measure/inference_counter.h"
#include "measure/semihosting.h"
#include "util/text.h"

#if ASSAY_SIMAVR
#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#endif

namespace assay {
namespace {

#if ASSAY_SIMAVR

constexpr uint16_t kTrap = 0xbb8e;           // out GPIOR0, r24
constexpr int64_t kLookAround = 20'000'000;  ///< instructions between looks at the clock
constexpr uint32_t kLongestBlock = 1024;     ///< bytes

/// Instructions that simavr runs by itself: one with an operand in memory, or several without.
struct Step {
  AvrAccess access;
  bool is_trap = false, is_undefined = false;
  int32_t cycles = 0;  ///< by the core's file, a branch not taken
};

/// Straight-line code, as it was first met.
struct Straight {
  uint32_t bytes = 0;
  Block* block = nullptr;
  std::vector<Step> steps;
};

/// avr_terminate leaves the interrupt lines of no peripheral, with their names and hooks. Those
/// allocated together stand together.
void free_lines(const avr_irq_pool_t& pool) {
  std::vector<avr_irq_t*> lines(pool.irq, pool.irq + pool.count);
  std::erase(lines, nullptr);
  std::ranges::sort(lines);
  for (size_t i = 0, count = 0; i < lines.size(); i += count) {
    for (count = 1; i + count < lines.size() && lines[i + count] == lines[i] + count;) ++count;
    avr_free_irq(lines[i], static_cast<uint32_t>(count));
  }
  std::free(pool.irq);  // NOLINT: as it was made
}

struct Free {
  void operator()(avr_t* avr) const {
    avr_terminate(avr);
    free_lines(avr->irq_pool);
    std::free(avr);  // NOLINT: it was made by malloc
  }
};

struct Run {
  const RunRequest& request;
  std::unique_ptr<avr_t, Free> avr;
  std::vector<std::unique_ptr<Straight>> code = {};  ///< by pc / 2
  std::vector<uint8_t> begins_function = {};         ///< by address / 2
  BlockCounter* counter = nullptr;
  InferenceCounter* inferences = nullptr;
  SemihostingHost host = {};
  GuestMemory memory = {};
  bool stopped = false;
  std::optional<Error> error = {};
  int64_t quantum = 0, instructions = 0;  ///< granted at the last look around; until then
  int64_t one_by_one = 0;                 ///< instructions, if the request wants them counted twice
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

void stop(Run& run, std::optional<Error> error) {
  if (!run.stopped) run.error = std::move(error);
  run.stopped = true;
}

void fault(Run& run, std::string_view what) {
  stop(run, Error{ErrorKind::input,
                  fmt::format("the image faulted at 0x{:05x} in {}: {}", run.avr->pc,
                              run.inferences->place(), what),
                  {}});
}

/// Grants the next instructions, or ends the run at a limit.
void look_around(Run& run) {
  run.instructions += run.quantum - run.counter->instructions_left;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - run.started;
  const RunRequest& request = run.request;
  const auto limit = [&](ErrorKind kind, const std::string& what) {
    stop(run, Error{kind,
                    fmt::format("stopped in {}: the limit of {}", run.inferences->place(), what),
                    {}});
  };
  if (request.cancelled && *request.cancelled)
    return stop(run, Error{ErrorKind::environment, "cancelled", {}});
  if (run.instructions >= request.max_instructions)
    return limit(ErrorKind::input,
                 fmt::format("{} instructions", thousands(request.max_instructions)));
  if (elapsed.count() > request.max_seconds)
    return limit(ErrorKind::environment, fmt::format("{} s", request.max_seconds));
  run.quantum = std::min(kLookAround, request.max_instructions - run.instructions);
  run.counter->instructions_left = run.quantum;
}

uint32_t pair(const avr_t& avr, int low) { return avr.data[low] | avr.data[low + 1] << 8; }
uint32_t stack_pointer(const avr_t& avr) { return pair(avr, R_SPL); }
/// As the linker's symbols count: the lowest byte in use, among data addresses.
uint32_t lowest_used(const avr_t& avr) { return kAvrData + stack_pointer(avr) + 1; }

/// `bytes` of data memory from `address` on are read or written, one after the other.
bool data_access(Run& run, uint32_t address, int bytes, bool is_store) {
  if (address + static_cast<uint32_t>(bytes) > uint32_t{run.avr->ramend} + 1) {
    fault(run, fmt::format("a {} of data at 0x{:04x}, where nothing is",
                           is_store ? "store" : "load", address));
    return false;
  }
  for (int i = 0; i < bytes; ++i)
    run.counter->access(kAvrData + address + static_cast<uint32_t>(i), 1, is_store);
  return true;
}

bool code_access(Run& run, uint32_t address) {
  if (address > run.avr->flashend) {
    fault(run, fmt::format("a load from program memory at 0x{:05x}, where nothing is", address));
    return false;
  }
  run.counter->access(address, 1, false);
  return true;
}

/// Counts and checks the operand of an instruction that is about to run.
bool access(Run& run, const AvrAccess& access) {
  const avr_t& avr = *run.avr;
  const int address_bytes = avr.address_size;
  const uint32_t sp = stack_pointer(avr);
  switch (access.kind) {
    case AvrAccess::pointer:
      return data_access(
          run, (pair(avr, access.low_register) + static_cast<uint32_t>(access.offset)) & 0xffff, 1,
          access.is_store);
    case AvrAccess::direct:
      return data_access(run, static_cast<uint32_t>(access.offset), 1, access.is_store);
    case AvrAccess::code:
      return code_access(run, pair(avr, R_ZL));
    case AvrAccess::extended_code:
      return code_access(run,
                         pair(avr, R_ZL) | (avr.rampz ? uint32_t{avr.data[avr.rampz]} << 16 : 0u));
    case AvrAccess::push:
      return data_access(run, sp, 1, true);
    case AvrAccess::pop:
      return data_access(run, sp + 1, 1, false);
    case AvrAccess::call:
      return data_access(run, sp + 1 - static_cast<uint32_t>(address_bytes), address_bytes, true);
    case AvrAccess::ret:
      return data_access(run, sp + 1, address_bytes, false);
    case AvrAccess::none:
    case AvrAccess::sets_sp:
      break;
  }
  return true;
}

bool lowers_stack(AvrAccess::Kind kind) {
  return kind == AvrAccess::push || kind == AvrAccess::call || kind == AvrAccess::sets_sp;
}

/// The code from pc to the next branch, function or other end.
Straight& straight_at(Run& run, uint32_t pc) {
  std::unique_ptr<Straight>& known = run.code[pc / 2];
  if (known) return *known;
  known = std::make_unique<Straight>();
  const std::string_view isa = run.request.core.isa;
  const std::span<const std::byte> flash(reinterpret_cast<const std::byte*>(run.avr->flash),
                                         size_t{run.avr->flashend} + 1);
  while (known->bytes < kLongestBlock && pc + known->bytes + 2 <= flash.size()) {
    const uint32_t at = pc + known->bytes;
    if (known->bytes > 0 && run.begins_function[at / 2]) break;
    const uint8_t bytes = instruction_bytes(&flash[at], isa);
    if (at + bytes > flash.size()) break;
    const auto code = flash.subspan(at, bytes);
    const std::vector<Insn> insn = decode(code, at, isa);
    const auto cycles = static_cast<int32_t>(time_block(run.request.core, insn).once.cycles);
    const auto word = static_cast<uint16_t>(std::to_integer<unsigned>(code[0]) |
                                            std::to_integer<unsigned>(code[1]) << 8);
    const bool undefined = insn.back().cls == InsnClass::unknown;
    const Step step{avr_access(code), word == kTrap, undefined, cycles};
    const auto plain = [](const Step& each) {
      return each.access.kind == AvrAccess::none && !each.is_trap && !each.is_undefined;
    };
    if (!run.request.count_twice && plain(step) && !known->steps.empty() &&
        plain(known->steps.back()))
      known->steps.back().cycles += cycles;
    else
      known->steps.push_back(step);
    known->bytes += bytes;
    if (insn.back().ends_block || undefined || step.is_trap) break;
  }
  if (known->bytes > 0) known->block = &run.counter->find(pc, known->bytes);
  return *known;
}

void answer_trap(Run& run) {
  uint8_t* data = run.avr->data;
  run.host.inferences = run.inferences->inferences();
  const uint32_t result = semihosting_call(run.host, run.memory, data[24], pair(*run.avr, 22));
  data[24] = static_cast<uint8_t>(result);
  data[25] = static_cast<uint8_t>(result >> 8);
  if (run.host.exit_code) stop(run, std::nullopt);
}

/// False if the run ends in it.
bool execute(Run& run, const Step& step) {
  avr_t& avr = *run.avr;
  if (step.is_undefined) {
    fault(run, "an undefined instruction");
    return false;
  }
  if (step.access.kind != AvrAccess::none && !access(run, step.access)) return false;
  avr.run_cycle_count = static_cast<avr_cycle_count_t>(step.cycles);  // so long, and no further
  avr.pc = avr_run_one(&avr);
  if (avr.state != cpu_Running) {
    fault(run, avr.state == cpu_Sleeping ? "it sleeps (SLEEP)" : "simavr gave up");
    return false;
  }
  if (lowers_stack(step.access.kind)) run.inferences->stack_at(lowest_used(avr));
  if (step.is_trap) answer_trap(run);
  return !run.stopped;
}

void disagree(Run& run, uint32_t at, int64_t ours, int64_t simavrs) {
  stop(run, Error{ErrorKind::internal,
                  fmt::format("after the code at 0x{:05x} simavr has counted {} cycles, the core's "
                              "file says {}",
                              at, simavrs, ours),
                  {}});
}

/// The steps of a block one by one, each held to the core's file; for tests.
void execute_twice(Run& run, const Straight& code) {
  for (const Step& step : code.steps) {
    const uint32_t at = run.avr->pc;
    const auto before = static_cast<int64_t>(run.avr->cycle);
    const bool goes_on = execute(run, step);
    ++run.one_by_one;
    const int64_t spent = static_cast<int64_t>(run.avr->cycle) - before;
    if (&step != &code.steps.back() && spent != step.cycles) disagree(run, at, step.cycles, spent);
    if (!goes_on || run.stopped) return;
  }
}

void run_from_reset(Run& run) {
  avr_t& avr = *run.avr;
  BlockCounter& counter = *run.counter;
  while (!run.stopped) {
    if (avr.pc >= avr.flashend) return fault(run, "a jump to where no program memory is");
    const Straight& code = straight_at(run, avr.pc);
    if (code.steps.empty()) return fault(run, "an instruction that leaves program memory");
    Block& block = *code.block;
    const uint32_t before = counter.block().begin;
    counter.arrive(block);
    const auto spent = static_cast<int64_t>(avr.cycle);
    if (counter.now_cycles() != spent && run.request.timed_as == nullptr)
      return disagree(run, before, counter.now_cycles(), spent);
    if (block.marks & Block::kAttend) run.inferences->attend(block, {lowest_used(avr), 0});
    counter.start(block);
    if (counter.instructions_left < 0) look_around(run);
    if (run.request.count_twice)
      execute_twice(run, code);
    else
      for (const Step& step : code.steps)
        if (!execute(run, step)) break;
  }
}

/// What the run as a whole says: it must have ended by itself, well, and after all inputs.
Status check_end(const Run& run, const RunFacts& facts, uint32_t stack_top) {
  if (run.error) return std::unexpected(*run.error);
  const size_t wanted = run.request.inputs.size();
  if (*run.host.exit_code != 0 || facts.inferences.size() != wanted)
    return fail(ErrorKind::input, "the firmware ended with code {} after {} of {} inferences",
                *run.host.exit_code, facts.inferences.size(), wanted);
  if (run.request.count_twice && run.one_by_one != run.counter->instructions())
    return fail(ErrorKind::internal, "{} instructions by blocks, {} one by one",
                run.counter->instructions(), run.one_by_one);
  const ElfSymbol* limit = run.request.elf.find("__stack_limit");
  const int64_t room = limit ? int64_t{stack_top} - limit->address : facts.stack_bytes;
  if (facts.stack_bytes > room)
    return fail(ErrorKind::input, "the stack took {} B, but only {} B are free beside static data",
                thousands(facts.stack_bytes), thousands(room));
  return {};
}

/// Where data address `address`, with or without 0x800000, stands in simavr; null if not all is
/// there.
uint8_t* data_at(avr_t& avr, uint32_t address, size_t bytes) {
  if (address >= kAvrData) address -= kAvrData;
  if (address > avr.ramend || bytes > size_t{avr.ramend} + 1 - address) return nullptr;
  return avr.data + address;
}

GuestMemory guest_memory(avr_t& avr) {
  GuestMemory memory;
  memory.read = [&avr](uint32_t address, std::span<std::byte> to) {
    const uint8_t* from = data_at(avr, address, to.size());
    if (from != nullptr) std::ranges::copy(std::as_bytes(std::span(from, to.size())), to.begin());
    return from != nullptr;
  };
  memory.write = [&avr](uint32_t address, std::span<const std::byte> from) {
    uint8_t* to = data_at(avr, address, from.size());
    if (to != nullptr)
      std::ranges::copy(from, std::as_writable_bytes(std::span(to, from.size())).begin());
    return to != nullptr;
  };
  return memory;
}

/// simavr's name of a part.
std::string mcu_name(const Target& target) {
  std::string part = target.part;
  for (char& c : part) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return part;
}

/// simavr prints what it thinks of the firmware; what matters is found out before it does.
void say_nothing(avr_t*, int, const char*, va_list) {}

Result<std::unique_ptr<avr_t, Free>> open_part(const Target& target) {
  avr_global_logger_set(say_nothing);
  avr_t* avr = avr_make_mcu_by_name(mcu_name(target).c_str());
  if (avr == nullptr) return fail(ErrorKind::unsupported, "simavr has no {}", target.part);
  avr_init(avr);
  avr->frequency = static_cast<uint32_t>(target.clock_hz);
  return std::unique_ptr<avr_t, Free>(avr);
}

/// The image as a programmer would write it.
Status load_image(Run& run) {
  avr_t& avr = *run.avr;
  for (const ElfSegment& segment : run.request.elf.segments) {
    if (segment.bytes.empty()) continue;
    const uint64_t end = uint64_t{segment.load_address} + segment.bytes.size();
    if (end > uint64_t{avr.flashend} + 1)
      return fail(ErrorKind::input, "its segment at 0x{:08x} is in no memory of the target",
                  segment.load_address);
    std::ranges::copy(segment.bytes,
                      reinterpret_cast<std::byte*>(avr.flash) + segment.load_address);
  }
  run.code.resize((size_t{avr.flashend} + 1) / 2);
  run.begins_function.resize(run.code.size());
  for (const ElfSymbol& symbol : run.request.elf.symbols)
    if (symbol.is_function && symbol.address / 2 < run.begins_function.size())
      run.begins_function[symbol.address / 2] = 1;
  return {};
}

Result<RunFacts> run_image(const RunRequest& request) {
  Run run{.request = request, .avr = TRY(open_part(request.target))};
  avr_t& avr = *run.avr;
  TRY_STATUS(load_image(run));
  BlockCounter counter(request.elf, request.timed_as ? *request.timed_as : request.target,
                       request.core, [&avr](uint32_t address, uint32_t bytes) {
                         std::vector<std::byte> code;
                         if (uint64_t{address} + bytes > uint64_t{avr.flashend} + 1) return code;
                         const auto* at = reinterpret_cast<const std::byte*>(avr.flash) + address;
                         code.assign(at, at + bytes);
                         return code;
                       });
  run.counter = &counter;
  InferenceCounter inferences = TRY(InferenceCounter::make(request, counter));
  run.inferences = &inferences;
  run.memory = guest_memory(avr);
  for (const auto& input : request.inputs)
    run.host.input.insert(run.host.input.end(), input.begin(), input.end());
  std::vector<std::vector<std::byte>> captured(request.captures.size());
  if (!request.captures.empty())
    inferences.on_layer_end = [&](size_t layer) {
      for (size_t i = 0; i < captured.size(); ++i) {
        if (request.captures[i].layer != layer) continue;
        captured[i].resize(request.captures[i].bytes);
        if (!run.memory.read(request.captures[i].address, captured[i])) captured[i].clear();
      }
    };
  counter.begin_at(0);
  run_from_reset(run);
  const ElfSymbol* top = request.elf.find("__stack_top");
  const uint32_t stack_top = top ? top->address : kAvrData + avr.ramend + 1u;
  RunFacts facts = inferences.facts(stack_top);
  TRY_STATUS(check_end(run, facts, stack_top));
  facts.outputs = std::move(run.host.outputs);
  facts.outputs.resize(request.inputs.size());
  facts.captured = std::move(captured);
  facts.console = std::move(run.host.console);
  facts.notes.insert(facts.notes.end(), run.host.notes.begin(), run.host.notes.end());
  return facts;
}

std::string missing() { return ""; }

std::string unavailable(const CoreTiming& core, const Target& target) {
  if (isa_family(core.isa).name != "avr") return fmt::format("simavr has no {}", core.title);
  const Result<std::unique_ptr<avr_t, Free>> part = open_part(target);
  return part ? "" : part.error().what;
}

#else

std::string missing() { return "not built in: install libsimavr-dev (Debian) and run CMake again"; }

std::string unavailable(const CoreTiming& core, const Target& /*target*/) {
  if (isa_family(core.isa).name != "avr") return fmt::format("simavr has no {}", core.title);
  return "simavr is " + missing();
}

Result<RunFacts> run_image(const RunRequest& request) {
  return fail(ErrorKind::environment, "{}", unavailable(request.core, request.target));
}

#endif

}  // namespace

const Emulator simavr_emulator = {
    .name = "simavr",
    .summary = "in process; AVR: ATmega328P, ATmega2560 and their like, exact cycles",
    .missing = missing,
    .unavailable = unavailable,
    .run = run_image,
    .profile = nullptr,
};

}  // namespace assay
