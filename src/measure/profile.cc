// One run of an image on a board, with a script on its serial line, until something ends it.
//
// The script and the watched addresses act between blocks (region_watch.h). Semihosting is answered
// as for our own firmware. A function called alone starts on a fresh stack with data initialised as
// start-up code would, and returns to an address that nothing else has.
#include "measure/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "hw/isa_family.h"
#include "measure/heap_watch.h"
#include "measure/lacking.h"
#include "measure/region_watch.h"
#include "measure/semihosting.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kLookAround = 5'000'000;  ///< instructions between looks at the clock
constexpr uint32_t kReturn = 0xf0000000;    ///< where a function called alone returns to: nothing

struct Run {
  const ProfileRequest& request;
  Profiler profiler;
  UartPlayer player;
  RegionWatch watch = {};
  HeapWatch heap;
  std::unique_ptr<Board> board = {};
  SemihostingHost host = {};
  GuestMemory memory = {};
  ProfileFacts facts = {};
  bool output_is_new = true, over = false;
  std::map<int, int64_t> exceptions = {};
  std::map<uint32_t, std::string> lacking = {};  ///< blocks that the part cannot run, and why
  int64_t sleeps = 0;
  uint32_t initial_sp = 0;
  int64_t quantum = 0;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  Run(const ProfileRequest& asked, BlockCounter::ReadCode read_code)
      : request(asked),
        profiler(asked.image.elf, asked.target, asked.core, std::move(read_code), asked.lines),
        player(asked.script),
        watch(asked),
        heap(asked.image.elf) {}

  void finish(ProfileEnd end, std::string why) {
    if (over) return;
    over = true;
    facts.end = end;
    facts.ended = std::move(why);
    board->stop();
  }
};

bool is_riscv(const Run& run) { return isa_family(run.request.core.isa).name == "riscv"; }

void play(Run& run) {
  run.output_is_new = false;
  for (const UartStep* step : run.player.take()) {
    switch (step->kind) {
      case UartStep::wait:
        break;
      case UartStep::send:
        run.board->peripherals().receive(step->text);
        run.board->attend();
        break;
      case UartStep::begin:
        run.profiler.begin_region(step->text);
        break;
      case UartStep::end:
        run.profiler.end_region(step->text);
        break;
      case UartStep::stop:
        return run.finish(ProfileEnd::finished, "the script says stop");
    }
  }
  if (run.player.done() && !run.request.script.steps.empty())
    run.finish(ProfileEnd::finished, "the script's end");
}

/// The emulator has more instructions than the part may have.
void refuse_lacking(Run& run, uint32_t address) {
  const auto found = run.lacking.find(address);
  if (found == run.lacking.end()) return;
  run.finish(ProfileEnd::fault,
             fmt::format("fault in {}: {}", run.profiler.place(), found->second));
}

void look_around(Run& run) {
  BlockCounter& blocks = run.profiler.blocks();
  const ProfileRequest& request = run.request;
  run.facts.instructions += run.quantum - blocks.instructions_left;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - run.started;
  if (request.cancelled && *request.cancelled) return run.finish(ProfileEnd::fault, "interrupted");
  if (run.facts.instructions >= request.max_instructions)
    return run.finish(ProfileEnd::limit,
                      fmt::format("the limit of {} instructions, in {}",
                                  thousands(request.max_instructions), run.profiler.place()));
  if (elapsed.count() > request.max_seconds)
    return run.finish(ProfileEnd::limit, fmt::format("the limit of {} s, in {}",
                                                     request.max_seconds, run.profiler.place()));
  run.quantum = std::min(kLookAround, request.max_instructions - run.facts.instructions);
  blocks.instructions_left = run.quantum;
}

/// _sbrk is entered, or returns.
void follow_heap(Run& run, uint32_t address) {
  const Machine& machine = run.board->machine();
  run.heap.reach(address, machine.read(Register::r0), machine.read(Register::lr) & ~1u);
}

/// The block counts unless the run ends before it.
bool on_block(void* user, uint32_t address, uint32_t bytes) {
  Run& run = *static_cast<Run*>(user);
  run.profiler.arrive(address, bytes);
  if (run.profiler.wants_sp()) run.profiler.stack_at(run.board->machine().read(Register::sp));
  if (run.heap.watches(address)) follow_heap(run, address);
  if (run.output_is_new) play(run);
  if (run.watch.watches(address))
    if (std::string why = run.watch.reach(run.profiler, address); !why.empty())
      run.finish(ProfileEnd::finished, std::move(why));
  if (run.profiler.blocks().instructions_left < 0) look_around(run);
  if (!run.lacking.empty()) refuse_lacking(run, address);
  return run.over || run.profiler.start();
}

/// Firmware may sleep for most of its time: instructions alone do not bound that.
void on_sleep(void* user) {
  constexpr int64_t kSleeps = 1024;
  Run& run = *static_cast<Run*>(user);
  if (++run.sleeps % kSleeps == 0) look_around(run);
}

void on_access(void* user, uint32_t address, uint32_t bytes, bool is_store) {
  static_cast<Run*>(user)->profiler.blocks().access(address, bytes, is_store);
}

void on_translated(void* user, uint32_t address) {
  static_cast<Run*>(user)->profiler.blocks().translated(address);
}

int64_t now_cycles(void* user) { return static_cast<Run*>(user)->profiler.blocks().now_cycles(); }

void on_exception(void* user, const ExceptionEvent& event) {
  Run& run = *static_cast<Run*>(user);
  run.profiler.exception(event);
  if (event.number != 0) ++run.exceptions[event.number];
}

/// As it comes from the factory.
void erase_flash(Machine& machine, const Target& target) {
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::flash)
      machine.write(region.address, std::vector<std::byte>(static_cast<size_t>(region.size_bytes),
                                                           std::byte{0xff}));
}

/// Answers BKPT 0xab; returns whether the firmware goes on.
bool answer_semihosting(Run& run) {
  Machine& machine = run.board->machine();
  const size_t before = run.host.console.size();
  const uint32_t result = semihosting_call(run.host, run.memory, machine.read(Register::r0),
                                           machine.read(Register::r1));
  machine.write(Register::r0, result);
  run.facts.console += run.host.console.substr(before);
  for (const char c : std::string_view(run.host.console).substr(before)) run.player.output(c);
  run.output_is_new = true;
  if (!run.host.exit_code) return true;
  run.finish(*run.host.exit_code == 0 ? ProfileEnd::finished : ProfileEnd::fault,
             fmt::format("the firmware ended with code {}", *run.host.exit_code));
  return false;
}

std::string_view kind_of(BoardEnd::Kind kind) {
  return kind == BoardEnd::fault ? "fault" : kind == BoardEnd::reset ? "reset" : "asleep";
}

/// "stack overflow: ..." if the stack has left its RAM downwards; else "".
std::string stack_overflow(const Run& run, const BoardEnd& ended) {
  constexpr uint32_t kNear = 1 << 16;
  const uint32_t sp = ended.registers[13];
  const uint32_t lowest = std::min(sp, ended.address.value_or(sp));
  for (const MemoryRegion& region : run.request.target.regions) {
    const uint32_t begin = region.address;
    const bool is_home = run.initial_sp > begin && run.initial_sp - begin <= region.size_bytes;
    if (ended.kind != BoardEnd::fault || region.kind != RegionKind::ram || !is_home) continue;
    if (lowest >= begin || begin - lowest > kNear || sp > begin + kNear) continue;
    return fmt::format(
        "stack overflow: {} bytes below 0x{:08x} reach 0x{:08x}, below {} at 0x{:08x}",
        thousands(int64_t{run.initial_sp} - lowest), run.initial_sp, lowest, region.name, begin);
  }
  return "";
}

void run_board(Run& run, uint32_t pc) {
  for (;;) {
    const BoardEnd ended = run.board->run(pc);
    run.facts.board = ended;
    if (ended.kind == BoardEnd::semihosting && answer_semihosting(run)) {
      pc = ended.pc + (is_riscv(run) ? 4 : 2);
      continue;
    }
    if (run.over) return;
    if (run.request.call && ended.pc == kReturn)
      return run.finish(ProfileEnd::finished, "the function returned");
    const std::string overflow = stack_overflow(run, ended);
    return run.finish(
        ProfileEnd::fault,
        fmt::format("{} in {} at 0x{:08x}: {}", kind_of(ended.kind), run.profiler.place(), ended.pc,
                    overflow.empty() ? ended.what : overflow));
  }
}

/// The end of the largest RAM.
uint32_t stack_top(const Target& target) {
  uint32_t top = 0;
  int64_t largest = 0;
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::ram && region.size_bytes > largest) {
      largest = region.size_bytes;
      top = region.address + static_cast<uint32_t>(region.size_bytes);
    }
  return top & ~7u;
}

/// Where to start, with the registers set.
Result<uint32_t> start(Run& run) {
  const ProfileRequest& request = run.request;
  Machine& machine = run.board->machine();
  erase_flash(machine, request.target);
  run.host.input = request.input;
  for (const auto& [address, value] : request.held) run.board->peripherals().hold(address, value);
  for (const std::optional<uint32_t>& place : {request.from, request.to, request.until})
    if (place) TRY_STATUS(machine.split_at(*place));
  TRY_STATUS(load_image(machine, request.image.elf, request.call.has_value()));
  if (is_riscv(run))
    for (const uint32_t address : RiscvHart::intercepts(request.image.elf))
      TRY_STATUS(machine.intercept(address));
  if (!request.call && is_riscv(run)) {  // start-up code makes its own stack
    if (const ElfSymbol* top = request.image.elf.find("__stack_top")) run.initial_sp = top->address;
    return request.image.elf.entry;
  }
  if (!request.call) {
    uint32_t vectors[2] = {};
    if (!machine.read(*request.image.vector_table, std::as_writable_bytes(std::span(vectors))))
      return fail(ErrorKind::input, "no vector table at 0x{:08x}", *request.image.vector_table);
    machine.write(Register::sp, run.initial_sp = vectors[0]);
    return vectors[1] & ~1u;
  }
  machine.write(Register::sp, run.initial_sp = stack_top(request.target));
  for (size_t i = 0; i < std::min<size_t>(4, request.arguments.size()); ++i)
    machine.write(static_cast<Register>(i), request.arguments[i]);
  machine.write(Register::lr, kReturn | 1);
  if (const ElfSymbol* gp = request.image.elf.find("__global_pointer$"); gp && is_riscv(run))
    machine.write_x(3, gp->address);
  return *request.call;
}

void collect(Run& run) {
  ProfileFacts& facts = run.facts;
  collect_regions(run.watch, run.request.script, run.profiler, facts);
  if (facts.missed.empty() && !run.player.done())
    note_missed(facts, fmt::format("the script still waited: '{}'", run.player.awaited()));
  facts.console += run.board->output();
  facts.touched = run.board->peripherals().touched();
  facts.exceptions.assign(run.exceptions.begin(), run.exceptions.end());
  facts.idle_cycles = run.board->idle_cycles();
  facts.heap = run.heap.use();
  facts.notes.insert(facts.notes.end(), run.host.notes.begin(), run.host.notes.end());
}

BoardUser board_user(Run& run) {
  BoardUser user;
  user.user = &run;
  user.block = on_block;
  user.access = on_access;
  user.translated = on_translated;
  user.cycles = now_cycles;
  user.exception = on_exception;
  user.slept = on_sleep;
  return user;
}

}  // namespace

Result<ProfileFacts> profile_on_board(const ProfileRequest& request) {
  if (const std::string why = Machine::unavailable(request.core); !why.empty())
    return fail(ErrorKind::unsupported, "{}", why);
  const bool has_table = isa_family(request.core.isa).name == "arm";
  if (!request.call && has_table && !request.image.vector_table)
    return fail(ErrorKind::input,
                "no vector table: no word that leads into RAM is followed by one that leads into "
                "the image (--base says where a raw image stands; --call runs one function)");
  Run* self = nullptr;
  Run run(request, [&self, &request](uint32_t address, uint32_t bytes) {
    std::vector<std::byte> code(bytes);
    if (!self->board->machine().read(address, code)) code.clear();
    if (std::string why = lacking(request.target, request.core, address, code); !why.empty())
      self->lacking[address] = std::move(why);
    return code;
  });
  self = &run;
  run.board = TRY(Board::make(request.core, request.target, request.image.vector_table.value_or(0),
                              board_user(run)));
  run.board->on_output = [&run](char c) {
    run.player.output(c);
    run.output_is_new = true;
  };
  Machine& machine = run.board->machine();
  run.memory.read = [&](uint32_t address, std::span<std::byte> to) {
    return machine.read(address, to);
  };
  run.memory.write = [&](uint32_t address, std::span<const std::byte> from) {
    return machine.write(address, from);
  };
  const uint32_t pc = TRY(start(run));
  run.profiler.begin_at(pc);
  run_board(run, pc);
  collect(run);
  return std::move(run.facts);
}

}  // namespace assay
