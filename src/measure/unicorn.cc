// Our own firmware on a Machine (Unicorn): runs the very image that would be flashed, at the part's
// real addresses, and tells BlockCounter of each basic block.
//
// Semihosting's trap stops the machine with pc still on it. Peripherals are a window where the last
// write reads back, the private peripheral bus too. Not handled: interrupts, SysTick and exceptions
// (an instruction that would raise one ends the run as a fault; board.h does them for other
// firmware), M55. Any number may run in threads: all state is in Run.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "measure/image.h"
#include "measure/inference_counter.h"
#include "measure/machine.h"
#include "measure/profile.h"
#include "measure/semihosting.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr uint32_t kPrivateBus = 0xe0000000;
constexpr int64_t kLookAround = 50'000'000;  ///< instructions between looks at the clock
constexpr size_t kMaxNotes = 20;

struct Run {
  const RunRequest& request;
  Machine* machine = nullptr;
  BlockCounter* counter = nullptr;
  InferenceCounter* inferences = nullptr;
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
  std::map<uint32_t, uint32_t> peripherals = {};  ///< last written, by address
  std::vector<std::string> notes = {};
};

bool is_arm(const RunRequest& request) { return isa_family(request.core.isa).name == "arm"; }

Run& run_of(void* user) { return *static_cast<Run*>(user); }

void stop(Run& run, std::optional<Error> error) {
  if (!run.stopped) run.error = std::move(error);
  run.stopped = true;
  run.machine->stop();
}

Error fault(const Run& run, std::string_view what) {
  const uint32_t pc = run.machine->read(Register::pc) & ~1u;
  return {ErrorKind::input,
          fmt::format("the image faulted at 0x{:08x} in {}: {}", pc, run.inferences->place(), what),
          {}};
}

/// Grants the next instructions, or ends the run at a limit.
void look_around(Run& run) {
  run.instructions += run.quantum - run.counter->instructions_left;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - run.started;
  const RunRequest& request = run.request;
  if (request.cancelled && *request.cancelled)
    return stop(run, Error{ErrorKind::environment, "cancelled", {}});
  if (run.instructions >= request.max_instructions)
    return stop(run,
                Error{ErrorKind::input,
                      fmt::format("stopped in {}: the limit of {} instructions",
                                  run.inferences->place(), thousands(request.max_instructions)),
                      {}});
  if (elapsed.count() > request.max_seconds)
    return stop(run, Error{ErrorKind::environment,
                           fmt::format("stopped in {}: the limit of {} s", run.inferences->place(),
                                       request.max_seconds),
                           {}});
  run.quantum = std::min(kLookAround, request.max_instructions - run.instructions);
  run.counter->instructions_left = run.quantum;
}

void on_block(void* user, uint32_t address, uint32_t bytes) {
  Run& run = run_of(user);
  BlockCounter& counter = *run.counter;
  Block& block = counter.find(address, bytes);
  counter.arrive(block);
  if (block.marks & Block::kAttend)
    run.inferences->attend(block,
                           {run.machine->read(Register::sp), run.machine->read(Register::lr)});
  counter.start(block);
  if (counter.instructions_left < 0) look_around(run);
}

void on_access(void* user, uint32_t address, uint32_t bytes, bool is_store) {
  run_of(user).counter->access(address, bytes, is_store);
}

/// Instructions in [from, to): what a condition of IT skipped fires no hook, but takes its cycle.
int64_t instructions_between(const Run& run, uint32_t from, uint32_t to) {
  int64_t count = 0;
  for (uint16_t first = 0; from < to; ++count) {
    if (!run.machine->read(from, std::as_writable_bytes(std::span(&first, 1)))) break;
    const bool is_long = is_arm(run.request) ? first >= 0xe800 : (first & 3) == 3;
    from += is_long ? 4 : 2;
  }
  return count;
}

/// Counts again without blocks' sizes, for tests.
void on_instruction(void* user, uint32_t address, uint32_t bytes) {
  Run& run = run_of(user);
  const Block& block = run.counter->block();
  const uint32_t until = address == block.begin ? run.one_by_one_end : address;
  run.one_by_one += instructions_between(run, run.one_by_one_next, until) + 1;
  run.one_by_one_next = address + bytes;
  run.one_by_one_end = block.end;
}

void note_peripheral(Run& run, uint32_t address) {
  if (address >= kPrivateBus || run.peripherals.contains(address) || run.notes.size() >= kMaxNotes)
    return;
  run.notes.push_back(fmt::format("0x{:08x} is a peripheral that nothing models", address));
}

uint32_t on_peripheral_read(void* user, uint32_t address, uint32_t) {
  Run& run = run_of(user);
  note_peripheral(run, address);
  return run.peripherals[address];
}

void on_peripheral_write(void* user, uint32_t address, uint32_t, uint32_t value) {
  Run& run = run_of(user);
  note_peripheral(run, address);
  run.peripherals[address] = value;
}

MachineHooks hooks_of(Run& run) {
  MachineHooks hooks;
  hooks.user = &run;
  hooks.block = on_block;
  hooks.access = on_access;
  if (run.request.count_twice) hooks.instruction = on_instruction;
  hooks.peripheral_read = on_peripheral_read;
  hooks.peripheral_write = on_peripheral_write;
  return hooks;
}

uint32_t vector_table(const ElfFile& elf, const Target& target) {
  if (const ElfSection* section = vector_section(elf)) return section->address;
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::flash)
      return region.address + static_cast<uint32_t>(target.image_offset_bytes);
  return 0;
}

/// Measured code uses nothing that tells the profiles apart, but double precision.
CoreProfile profile_for(const RunRequest& request) {
  const bool lacks_double = request.core.name == "cortex_m7" && request.target.fpu == "dp";
  return lacks_double ? CoreProfile::application : CoreProfile::microcontroller;
}

/// Bytes of the semihosting trap that pc stands on; 0 if it stands on something else.
uint32_t trap_bytes(const Run& run, uint32_t pc) {
  if (is_arm(run.request)) {
    uint16_t insn = 0;
    run.machine->read(pc, std::as_writable_bytes(std::span(&insn, 1)));
    return insn == 0xbeab ? 2 : 0;
  }
  std::array<uint32_t, 3> insns{};  // slli x0, x0, 31; ebreak; srai x0, x0, 7
  run.machine->read(pc - 4, std::as_writable_bytes(std::span(insns)));
  return insns == std::array<uint32_t, 3>{0x01f01013, 0x00100073, 0x40705013} ? 4 : 0;
}

/// An exception that is no semihosting trap, in words.
std::string exception_text(const Run& run, uint32_t number) {
  constexpr uint32_t kIllegal = 2;  // RISC-V's cause
  if (number == (is_arm(run.request) ? kExceptionUndefined : kIllegal))
    return "an undefined instruction";
  return fmt::format("exception {} of the emulator", number);
}

/// Answers the trap with pc after it, or ends the run.
void answer(Run& run, const StopEvent& event) {
  Machine& machine = *run.machine;
  const uint32_t pc = machine.read(Register::pc) & ~1u;
  const uint32_t bytes = event.number == kExceptionBreakpoint ? trap_bytes(run, pc) : 0;
  if (bytes == 0)
    return stop(run, fault(run, exception_text(run, static_cast<uint32_t>(event.number))));
  run.host.inferences = run.inferences->inferences();
  const uint32_t result = semihosting_call(run.host, run.memory, machine.read(Register::r0),
                                           machine.read(Register::r1));
  machine.write(Register::r0, result);
  machine.write(Register::pc, (pc + bytes) | (is_arm(run.request) ? 1 : 0));
  if (run.host.exit_code) stop(run, std::nullopt);
}

/// Runs from pc to the end, whatever it is.
void run_from(Run& run, uint32_t pc) {
  while (!run.stopped) {
    const StopEvent event = run.machine->run(pc);
    if (event.kind == StopKind::asked) return;
    if (event.kind == StopKind::exception)
      answer(run, event);
    else
      stop(run, fault(run, event.kind == StopKind::sleep ? "it sleeps (WFI)" : event.what));
    pc = run.machine->read(Register::pc);
  }
}

/// What the run as a whole says: it must have ended by itself, well, and after all inputs.
Status check_end(const Run& run, uint32_t stack_limit, const RunFacts& facts, uint32_t stack_top) {
  if (run.error) return std::unexpected(*run.error);
  if (!run.host.exit_code) return std::unexpected(fault(run, "it just ended"));
  const size_t wanted = run.request.inputs.size();
  if (*run.host.exit_code != 0 || facts.inferences.size() != wanted)
    return fail(ErrorKind::input, "the firmware ended with code {} after {} of {} inferences",
                *run.host.exit_code, facts.inferences.size(), wanted);
  if (run.request.count_twice && run.one_by_one != run.counter->instructions())
    return fail(ErrorKind::internal, "{} instructions by blocks, {} one by one",
                run.counter->instructions(), run.one_by_one);
  if (stack_limit != 0 && facts.stack_bytes > int64_t{stack_top} - stack_limit)
    return fail(ErrorKind::input, "the stack took {} B, but only {} B are free beside static data",
                thousands(facts.stack_bytes), thousands(int64_t{stack_top} - stack_limit));
  return {};
}

GuestMemory guest_memory(Machine& machine) {
  GuestMemory memory;
  memory.read = [&machine](uint32_t address, std::span<std::byte> to) {
    return machine.read(address, to);
  };
  memory.write = [&machine](uint32_t address, std::span<const std::byte> from) {
    return machine.write(address, from);
  };
  return memory;
}

std::string missing() { return ""; }

std::string unavailable(const CoreTiming& core, const Target& /*target*/) {
  return Machine::unavailable(core);
}

/// Where the core starts.
struct Reset {
  uint32_t pc = 0, sp = 0;  ///< sp: the stack's top
};

/// Arm's vector table says both; elsewhere the ELF says where, and the firmware itself makes a
/// stack.
Result<Reset> reset_of(const Machine& machine, const RunRequest& request) {
  if (!is_arm(request)) {
    const ElfSymbol* top = request.elf.find("__stack_top");
    return Reset{request.elf.entry, top ? top->address : 0};
  }
  uint32_t vectors[2] = {};  // initial sp, reset handler
  if (!machine.read(vector_table(request.elf, request.target),
                    std::as_writable_bytes(std::span(vectors))))
    return fail(ErrorKind::input, "the vector table is in no memory of the target");
  return Reset{vectors[1] & ~1u, vectors[0]};
}

Result<RunFacts> run_image(const RunRequest& request) {
  Run run{.request = request};
  Machine machine =
      TRY(Machine::open(request.core, request.target, hooks_of(run), profile_for(request)));
  run.machine = &machine;
  TRY_STATUS(load_image(machine, request.elf, false));
  BlockCounter counter(request.elf, request.timed_as ? *request.timed_as : request.target,
                       request.core, [&machine](uint32_t address, uint32_t bytes) {
                         std::vector<std::byte> code(bytes);
                         if (!machine.read(address, code)) code.clear();
                         return code;
                       });
  run.counter = &counter;
  InferenceCounter inferences = TRY(InferenceCounter::make(request, counter));
  run.inferences = &inferences;
  run.memory = guest_memory(machine);
  for (const auto& input : request.inputs)
    run.host.input.insert(run.host.input.end(), input.begin(), input.end());
  std::vector<std::vector<std::byte>> captured(request.captures.size());
  if (!request.captures.empty())
    inferences.on_layer_end = [&](size_t layer) {
      for (size_t i = 0; i < captured.size(); ++i) {
        const Capture& wanted = request.captures[i];
        if (wanted.layer != layer) continue;
        captured[i].resize(wanted.bytes);
        if (!machine.read(wanted.address, captured[i])) captured[i].clear();
      }
    };
  const Reset reset = TRY(reset_of(machine, request));
  machine.write(Register::sp, reset.sp);
  counter.begin_at(reset.pc);
  run_from(run, reset.pc);
  RunFacts facts = inferences.facts(reset.sp);
  const ElfSymbol* limit = request.elf.find("__stack_limit");
  TRY_STATUS(check_end(run, limit ? limit->address : 0, facts, reset.sp));
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
    .summary = "in process, at the part's real addresses; Cortex-M0, M0+, M3, M4, M7, M33, RV32",
    .missing = missing,
    .unavailable = unavailable,
    .run = run_image,
    .profile = profile_on_board,
};

}  // namespace assay
