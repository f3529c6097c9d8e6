// One run of an AVR image in simavr, with its timers, interrupts and first serial line.
//
// Between two blocks the peripherals come up to the core's time and an interrupt may be taken, so
// that it comes up to a block late; it then takes the cycles that the core's file says, in both
// clocks, which must agree at every block. Semihosting's trap is answered as for our own firmware.
// A function called alone returns to the last word of program memory. Not handled: what is outside
// of the part, but for the serial line; the watchdog's reset; time to start the clock after sleep.
// Source: ATmega48A/PA/88A/PA/168A/PA/328/P data sheet DS40002061A, 7.7.1 (interrupt response).
#include "measure/avr_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "hw/exception_timing.h"
#include "measure/avr_code.h"
#include "measure/region_watch.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kLookAround = 5'000'000;  ///< instructions between looks at the clock
constexpr int64_t kSleeps = 4096;           ///< and sleeps

struct Run {
  const ProfileRequest& request;
  SimavrPart& part;
  AvrCode code;
  Profiler profiler;
  UartPlayer player;
  RegionWatch watch;
  int64_t entry_cycles = 0;
  SemihostingHost host = {};
  ProfileFacts facts = {};
  bool output_is_new = true, over = false;
  std::map<int, int64_t> interrupts = {};
  int64_t quantum = 0, sleeps = 0;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  Run(const ProfileRequest& asked, SimavrPart& on)
      : request(asked),
        part(on),
        code(on, asked.image.elf, asked.core, true),
        profiler(asked.image.elf, asked.target, asked.core, code_reader(on), asked.lines),
        player(asked.script),
        watch(asked),
        entry_cycles(exception_timing(asked.core).entry) {}

  void finish(ProfileEnd end, std::string why) {
    if (over) return;
    over = true;
    facts.end = end;
    facts.ended = std::move(why);
  }
  void fault(std::string_view what) {
    finish(ProfileEnd::fault,
           fmt::format("fault in {} at 0x{:05x}: {}", profiler.place(), part.pc(), what));
  }
  uint32_t return_address() const { return static_cast<uint32_t>(part.flash().size()) - 2; }
};

void play(Run& run) {
  run.output_is_new = false;
  for (const UartStep* step : run.player.take()) {
    if (step->kind == UartStep::send) run.part.receive(step->text);
    if (step->kind == UartStep::begin) run.profiler.begin_region(step->text);
    if (step->kind == UartStep::end) run.profiler.end_region(step->text);
    if (step->kind == UartStep::stop)
      return run.finish(ProfileEnd::finished, "the script says stop");
  }
  if (run.player.done() && !run.request.script.steps.empty())
    run.finish(ProfileEnd::finished, "the script's end");
}

void look_around(Run& run) {
  BlockCounter& blocks = run.profiler.blocks();
  const ProfileRequest& request = run.request;
  run.facts.instructions += run.quantum - blocks.instructions_left;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - run.started;
  const auto limit = [&](const std::string& what) {
    run.finish(ProfileEnd::limit,
               fmt::format("the limit of {}, in {}", what, run.profiler.place()));
  };
  if (request.cancelled && *request.cancelled) return run.finish(ProfileEnd::fault, "interrupted");
  if (run.facts.instructions >= request.max_instructions)
    return limit(thousands(request.max_instructions) + " instructions");
  if (elapsed.count() > request.max_seconds) return limit(fmt::format("{} s", request.max_seconds));
  run.quantum = std::min(kLookAround, request.max_instructions - run.facts.instructions);
  blocks.instructions_left = run.quantum;
}

/// A byte that the firmware sent, or text of its console.
void hear(Run& run, std::string_view text) {
  run.facts.console += text;
  for (const char c : text) run.player.output(c);
  run.output_is_new = true;
}

void answer_trap(Run& run) {
  uint8_t* data = run.part.data().data();
  const size_t before = run.host.console.size();
  const uint32_t result =
      semihosting_call(run.host, run.part.memory(), data[24], run.part.pair(22));
  data[24] = static_cast<uint8_t>(result);
  data[25] = static_cast<uint8_t>(result >> 8);
  hear(run, std::string_view(run.host.console).substr(before));
  if (run.host.exit_code)
    run.finish(*run.host.exit_code == 0 ? ProfileEnd::finished : ProfileEnd::fault,
               fmt::format("the firmware ended with code {}", *run.host.exit_code));
}

/// The core at a block's end: an interrupt may be taken. Returns whether one was.
bool take_interrupt(Run& run, int64_t entry_cycles) {
  const uint32_t pc = run.part.pc();
  const int number = run.part.attend();
  if (number == 0) return false;
  run.profiler.exception(
      {.number = number, .frame = run.part.stack_pointer(), .from = pc, .to = run.part.pc()});
  run.part.pass(entry_cycles);
  ++run.interrupts[number];
  return true;
}

/// Until an interrupt wakes the core, which takes as long again.
void sleep(Run& run) {
  while (!run.over) {
    if (++run.sleeps % kSleeps == 0) look_around(run);
    const std::optional<int64_t> passed = run.part.sleep();
    if (!passed)
      return run.finish(ProfileEnd::finished, fmt::format("asleep in {}, and nothing will wake it",
                                                          run.profiler.place()));
    run.facts.idle_cycles += *passed;
    const uint32_t before = run.part.pc();
    if (!take_interrupt(run, run.entry_cycles)) {
      if (*passed == 0 && run.part.pc() == before) {
        run.part.pass(1);  // an interrupt that is held back for an instruction
        ++run.facts.idle_cycles;
      }
      continue;
    }
    run.part.pass(run.entry_cycles);
    run.facts.idle_cycles += run.entry_cycles;
    run.code.wake();
    return;
  }
}

/// Whether simavr's clock is ours.
bool clocks_agree(Run& run, uint32_t pc) {
  const int64_t ours = run.profiler.blocks().now_cycles() + run.facts.idle_cycles;
  if (ours == run.part.cycle()) return true;
  run.finish(ProfileEnd::fault,
             fmt::format("before the code at 0x{:05x} simavr has counted {} cycles, the core's "
                         "file says {}",
                         pc, run.part.cycle(), ours));
  return false;
}

/// What is looked for before a block, which has been reached.
void look(Run& run, uint32_t pc) {
  if (run.output_is_new) play(run);
  if (run.watch.watches(pc))
    if (std::string why = run.watch.reach(run.profiler, pc); !why.empty())
      run.finish(ProfileEnd::finished, std::move(why));
  if (run.profiler.blocks().instructions_left < 0) look_around(run);
}

void run_block(Run& run, const AvrStraight& code) {
  BlockCounter& blocks = run.profiler.blocks();
  run.profiler.start();
  for (const AvrStep& step : code.steps) {
    if (!run.code.execute(step, blocks)) {
      if (!run.code.sleeps()) return run.fault(run.code.fault());
      break;  // SLEEP ends a block
    }
    if (lowers_stack(step.access.kind)) run.profiler.stack_lowered(lowest_used(run.part));
    if (step.is_trap) answer_trap(run);
    if (run.over) return;
  }
  if (code.returns_from_interrupt)
    run.profiler.exception(
        {.frame = run.part.stack_pointer() - static_cast<uint32_t>(run.part.address_bytes()),
         .from = run.part.pc(),
         .to = run.part.pc()});
  if (run.code.sleeps())
    sleep(run);
  else
    take_interrupt(run, run.entry_cycles);
}

void run_part(Run& run) {
  while (!run.over) {
    const uint32_t pc = run.part.pc();
    if (run.request.call && pc == run.return_address())
      return run.finish(ProfileEnd::finished, "the function returned");
    if (pc + 1 >= run.part.flash().size()) return run.fault("a jump to where no program memory is");
    const AvrStraight& code = run.code.at(pc);
    if (code.steps.empty()) return run.fault("an instruction that leaves program memory");
    run.profiler.arrive(pc, code.bytes);
    if (run.profiler.wants_sp()) run.profiler.stack_at(lowest_used(run.part));
    if (!clocks_agree(run, pc)) return;
    look(run, pc);
    if (!run.over) run_block(run, code);
  }
}

/// Arguments of 16 bits in r25:r24 and down, the return address on the stack.
void set_up_call(Run& run) {
  const std::span<uint8_t> data = run.part.data();
  uint32_t sp = static_cast<uint32_t>(data.size()) - 1, address = run.return_address() / 2;
  for (int i = 0; i < run.part.address_bytes(); ++i, address >>= 8)
    data[sp--] = static_cast<uint8_t>(address);
  run.part.set_stack_pointer(sp);
  for (size_t i = 0; i < run.request.arguments.size(); ++i) {
    data[24 - 2 * i] = static_cast<uint8_t>(run.request.arguments[i]);
    data[25 - 2 * i] = static_cast<uint8_t>(run.request.arguments[i] >> 8);
  }
  run.part.jump(*run.request.call);
}

void collect(Run& run) {
  ProfileFacts& facts = run.facts;
  collect_regions(run.watch, run.request.script, run.profiler, facts);
  if (facts.missed.empty() && !run.player.done())
    note_missed(facts, fmt::format("the script still waited: '{}'", run.player.awaited()));
  facts.exceptions.assign(run.interrupts.begin(), run.interrupts.end());
  facts.heap = heap_of(run.request.image.elf);
  facts.notes.insert(facts.notes.end(), run.host.notes.begin(), run.host.notes.end());
}

}  // namespace

Result<ProfileFacts> profile_avr(const ProfileRequest& request) {
  if (!request.held.empty())
    return fail(ErrorKind::unsupported, "--hold is not for AVR, whose pins simavr has");
  SimavrPart part = TRY(SimavrPart::open(request.target));
  TRY_STATUS(part.load(request.image.elf, request.call.has_value()));
  Run run(request, part);
  run.host.input = request.input;
  for (const auto& place : {request.from, request.to, request.until})
    if (place) run.code.cut(*place);
  part.on_output([&run](char c) { hear(run, std::string_view(&c, 1)); });
  if (request.call) set_up_call(run);
  run.profiler.begin_at(part.pc());
  run_part(run);
  collect(run);
  return std::move(run.facts);
}

}  // namespace assay
