// One run of an image on a board, with a script on its serial line, until something ends it.
//
// The script and the watched addresses act between blocks: a region begins before the block that is
// reached, and ends before the one after. Semihosting is answered as for our own firmware. A
// function called alone starts on a fresh stack with data initialised as start-up code would, and
// returns to an address that nothing else has. Not handled: several regions between addresses.
#include "measure/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "measure/profiler.h"
#include "measure/semihosting.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kLookAround = 5'000'000;  ///< instructions between looks at the clock
constexpr uint32_t kReturn = 0xf0000000;    ///< where a function called alone returns to: nothing
const std::string kRegion = "region";

struct Run {
  const ProfileRequest& request;
  Profiler profiler;
  UartPlayer player;
  std::unique_ptr<Board> board = {};
  SemihostingHost host = {};
  GuestMemory memory = {};
  ProfileFacts facts = {};
  bool output_is_new = true, in_region = false, reached_until = false, over = false;
  int64_t times = 0;
  std::map<int, int64_t> exceptions = {};
  int64_t quantum = 0;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  Run(const ProfileRequest& asked, BlockCounter::ReadCode read_code)
      : request(asked),
        profiler(asked.image.elf, asked.target, asked.core, std::move(read_code), asked.lines),
        player(asked.script) {}

  void finish(ProfileEnd end, std::string why) {
    if (over) return;
    over = true;
    facts.end = end;
    facts.ended = std::move(why);
    board->stop();
  }
};

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

void watch(Run& run, uint32_t address) {
  const ProfileRequest& request = run.request;
  if (run.in_region && address == request.to) {
    run.profiler.end_region(kRegion);
    run.in_region = false;
    if (++run.times >= request.times)
      return run.finish(ProfileEnd::finished, "the region was gone through");
  }
  if (!run.in_region && address == request.from) {
    run.profiler.begin_region(kRegion);
    run.in_region = true;
  }
  if (address == request.until) {
    run.reached_until = true;
    run.finish(ProfileEnd::finished, fmt::format("reached 0x{:08x}", address));
  }
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

bool on_block(void* user, uint32_t address, uint32_t bytes) {
  Run& run = *static_cast<Run*>(user);
  run.profiler.arrive(address, bytes);
  if (run.output_is_new) play(run);
  if (address == run.request.from || address == run.request.to || address == run.request.until)
    watch(run, address);
  const bool may_interrupt = run.profiler.start();
  if (run.profiler.blocks().instructions_left < 0) look_around(run);
  return may_interrupt;
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

Status load(Machine& machine, const ElfFile& elf, bool initialised) {
  for (const ElfSegment& segment : elf.segments) {
    if (segment.bytes.empty()) continue;
    if (!machine.write(segment.load_address, segment.bytes))
      return fail(ErrorKind::input,
                  "its bytes at 0x{:08x} to 0x{:08x} are in no memory of the target",
                  segment.load_address, segment.load_address + segment.bytes.size());
    if (initialised && segment.run_address != segment.load_address)
      machine.write(segment.run_address, segment.bytes);
  }
  return {};
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

void run_board(Run& run, uint32_t pc) {
  for (;;) {
    const BoardEnd ended = run.board->run(pc);
    run.facts.board = ended;
    if (ended.kind == BoardEnd::semihosting && answer_semihosting(run)) {
      pc = ended.pc + 2;
      continue;
    }
    if (run.over) return;
    if (run.request.call && ended.pc == kReturn)
      return run.finish(ProfileEnd::finished, "the function returned");
    return run.finish(ProfileEnd::fault,
                      fmt::format("{} in {} at 0x{:08x}: {}", kind_of(ended.kind),
                                  run.profiler.place(), ended.pc, ended.what));
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
  TRY_STATUS(load(machine, request.image.elf, request.call.has_value()));
  if (!request.call) {
    uint32_t vectors[2] = {};
    if (!machine.read(*request.image.vector_table, std::as_writable_bytes(std::span(vectors))))
      return fail(ErrorKind::input, "no vector table at 0x{:08x}", *request.image.vector_table);
    machine.write(Register::sp, vectors[0]);
    return vectors[1] & ~1u;
  }
  machine.write(Register::sp, stack_top(request.target));
  for (size_t i = 0; i < std::min<size_t>(4, request.arguments.size()); ++i)
    machine.write(static_cast<Register>(i), request.arguments[i]);
  machine.write(Register::lr, kReturn | 1);
  return *request.call;
}

/// What was asked for and did not happen; "" if all did.
std::string missed(const Run& run) {
  for (const ProfileRegion& region : run.facts.regions)
    if (region.times == 0) return fmt::format("region {} was never reached", region.name);
  const ProfileRequest& request = run.request;
  if (run.in_region)
    return fmt::format("the run ended within round {} of {}: it never came to --to", run.times + 1,
                       request.times);
  if (request.from && run.times < request.times)
    return fmt::format("the region was gone through {} times, not {}", run.times, request.times);
  if (!run.player.done()) return fmt::format("the script still waited: '{}'", run.player.awaited());
  if (request.until && run.facts.end == ProfileEnd::finished && !run.reached_until)
    return fmt::format("--until 0x{:08x} was never reached at the beginning of a block",
                       *request.until);
  return "";
}

void collect(Run& run) {
  ProfileFacts& facts = run.facts;
  const UartScript& script = run.request.script;
  if (facts.end == ProfileEnd::finished)  // else one of the two may be incomplete
    for (const DerivedRegion& how : script.derived)
      facts.regions.push_back(run.profiler.derived(how));
  if (run.request.from) facts.regions.push_back(run.profiler.region(kRegion));
  for (const UartStep& step : script.steps) {
    const auto same = [&](const ProfileRegion& region) { return region.name == step.text; };
    if (step.kind == UartStep::begin && std::ranges::none_of(facts.regions, same))
      facts.regions.push_back(run.profiler.region(step.text));
  }
  facts.missed = missed(run);
  if (!facts.missed.empty()) facts.notes.push_back(facts.missed);
  std::erase_if(facts.regions, [](const ProfileRegion& region) { return region.times == 0; });
  facts.regions.push_back(run.profiler.whole_run());
  facts.console += run.board->output();
  facts.caches = run.profiler.blocks().memory().caches();
  facts.touched = run.board->peripherals().touched();
  facts.exceptions.assign(run.exceptions.begin(), run.exceptions.end());
  facts.idle_cycles = run.board->idle_cycles();
  facts.instructions = facts.regions.back().total.instructions;
  facts.cycles = facts.regions.back().total.cycles;
  for (const auto& [mnemonic, count] : run.profiler.blocks().unknown())
    facts.unknown.push_back({mnemonic, count});
  if (const int64_t blocks = run.profiler.blocks().rewritten_blocks(); blocks > 0)
    facts.notes.push_back(
        fmt::format("{} blocks of code were rewritten while it ran; each was timed anew", blocks));
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
  return user;
}

}  // namespace

Result<ProfileFacts> profile(const ProfileRequest& request) {
  if (!request.call && !request.image.vector_table)
    return fail(ErrorKind::input,
                "no vector table: no word that leads into RAM is followed by one that leads into "
                "the image (--base says where a raw image stands; --call runs one function)");
  Run* self = nullptr;
  Run run(request, [&self](uint32_t address, uint32_t bytes) {
    std::vector<std::byte> code(bytes);
    if (!self->board->machine().read(address, code)) code.clear();
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
