// Our own firmware on simavr, in process: AVR parts, instruction by instruction, with simavr's
// cycles.
//
// The idea: BlockCounter attributes blocks (avr_code.h) as for any other emulator, and times them
// by the core's file; after every block its clock must be simavr's, or the run ends: what is
// reported is both. Not handled: interrupts, timers and all other peripherals (their clocks do not
// run; a profile has them, avr_profile.cc); a conditional branch to the very next instruction,
// whose second cycle only simavr sees (the run then ends; no compiler writes one).
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "hw/isa_family.h"
#include "measure/avr_code.h"
#include "measure/avr_profile.h"
#include "measure/inference_counter.h"
#include "measure/semihosting.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kLookAround = 20'000'000;  ///< instructions between looks at the clock

struct Run {
  const RunRequest& request;
  SimavrPart& part;
  AvrCode code;
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
                  fmt::format("the image faulted at 0x{:05x} in {}: {}", run.part.pc(),
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

void answer_trap(Run& run) {
  uint8_t* data = run.part.data().data();
  run.host.inferences = run.inferences->inferences();
  const uint32_t result = semihosting_call(run.host, run.memory, data[24], run.part.pair(22));
  data[24] = static_cast<uint8_t>(result);
  data[25] = static_cast<uint8_t>(result >> 8);
  if (run.host.exit_code) stop(run, std::nullopt);
}

/// False if the run ends in it.
bool execute(Run& run, const AvrStep& step) {
  if (!run.code.execute(step, *run.counter)) {
    fault(run, run.code.sleeps() ? "it sleeps (SLEEP)" : run.code.fault());
    return false;
  }
  if (lowers_stack(step.access.kind)) run.inferences->stack_at(lowest_used(run.part));
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
void execute_twice(Run& run, const AvrStraight& code) {
  for (const AvrStep& step : code.steps) {
    const uint32_t at = run.part.pc();
    const auto before = run.part.cycle();
    const bool goes_on = execute(run, step);
    ++run.one_by_one;
    const int64_t spent = run.part.cycle() - before;
    if (&step != &code.steps.back() && spent != step.cycles) disagree(run, at, step.cycles, spent);
    if (!goes_on || run.stopped) return;
  }
}

void run_from_reset(Run& run) {
  SimavrPart& part = run.part;
  BlockCounter& counter = *run.counter;
  while (!run.stopped) {
    const uint32_t pc = part.pc();
    if (pc + 1 >= part.flash().size()) return fault(run, "a jump to where no program memory is");
    const AvrStraight& code = run.code.at(pc);
    if (code.steps.empty()) return fault(run, "an instruction that leaves program memory");
    Block& block = counter.find(pc, code.bytes);
    const uint32_t before = counter.block().begin;
    counter.arrive(block);
    if (counter.now_cycles() != part.cycle() && run.request.timed_as == nullptr)
      return disagree(run, before, counter.now_cycles(), part.cycle());
    if (block.marks & Block::kAttend) run.inferences->attend(block, {lowest_used(part), 0});
    counter.start(block);
    if (counter.instructions_left < 0) look_around(run);
    if (run.request.count_twice)
      execute_twice(run, code);
    else
      for (const AvrStep& step : code.steps)
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

Result<RunFacts> run_image(const RunRequest& request) {
  SimavrPart part = TRY(SimavrPart::open(request.target));
  TRY_STATUS(part.load(request.elf));
  Run run{.request = request,
          .part = part,
          .code = AvrCode(part, request.elf, request.core, request.count_twice)};
  BlockCounter counter(request.elf, request.timed_as ? *request.timed_as : request.target,
                       request.core, code_reader(part));
  run.counter = &counter;
  InferenceCounter inferences = TRY(InferenceCounter::make(request, counter));
  run.inferences = &inferences;
  run.memory = part.memory();
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
  const uint32_t stack_top =
      top ? top->address : kAvrData + static_cast<uint32_t>(part.data().size());
  RunFacts facts = inferences.facts(stack_top);
  TRY_STATUS(check_end(run, facts, stack_top));
  facts.outputs = std::move(run.host.outputs);
  facts.outputs.resize(request.inputs.size());
  facts.captured = std::move(captured);
  facts.console = std::move(run.host.console);
  facts.notes.insert(facts.notes.end(), run.host.notes.begin(), run.host.notes.end());
  return facts;
}

std::string unavailable(const CoreTiming& core, const Target& target) {
  if (isa_family(core.isa).name != "avr") return fmt::format("simavr has no {}", core.title);
  const Result<SimavrPart> part = SimavrPart::open(target);
  return part ? "" : part.error().what;
}

}  // namespace

const Emulator simavr_emulator = {
    .name = "simavr",
    .summary = "in process; AVR: ATmega328P, ATmega2560 and their like, exact cycles",
    .missing = SimavrPart::missing,
    .unavailable = unavailable,
    .run = run_image,
    .profile = profile_avr,
};

}  // namespace assay
