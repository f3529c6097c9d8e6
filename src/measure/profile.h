// Any firmware, run as it is: counts by function and call path, regions, and what happened.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "hw/timer.h"
#include "measure/board.h"
#include "measure/emulator.h"
#include "measure/heap_watch.h"
#include "measure/image.h"
#include "measure/line_profile.h"
#include "measure/peripherals.h"
#include "measure/uart_script.h"

namespace assay {

struct ProfileFunction {
  std::string name;
  uint32_t address = 0;
  int64_t code_bytes = 0;  ///< 0: not known
  int64_t calls = 0;
  Counts self, inclusive;
  int64_t frame_bytes = 0;  ///< most stack that one call took in the run, callees excluded
  int64_t stack_bytes = 0;  ///< deepest while its own code ran, below where its thread began
};

/// A layer of a model that Assay emitted: its function, with all that it called.
struct ProfileLayer {
  int64_t index = 0;
  std::string op, symbol;
  std::vector<int64_t> also;           ///< layers that the compiler gave the same function
  int64_t calls = 0, stack_bytes = 0;  ///< the stack below the invoke function's entry
  Counts counts;
};

/// One call path: the functions from the outermost in, and what the innermost did itself.
struct ProfilePath {
  std::vector<size_t> functions;  ///< of ProfileRegion::functions
  int64_t calls = 0;
  Counts self;
};

struct ProfileRegion {
  std::string name;
  int64_t times = 0;  ///< how often it was gone through
  Counts total;
  std::vector<ProfileFunction> functions;
  std::vector<ProfilePath> paths;
  std::vector<ProfileLayer> layers = {};  ///< that ran, by index
  std::vector<ProfileLine> lines;  ///< most cycles first; empty without SourceLines. They sum to
                                   ///< the total but for `unplaced`
  CauseTicks unplaced;             ///< of no instruction: exceptions; rounding of derived regions
};

struct ProfileRequest {
  const FirmwareImage& image;
  const Target& target;
  const CoreTiming& core;
  UartScript script = {};
  std::optional<uint32_t> from = {}, to = {}, until = {}, call = {};
  std::vector<uint32_t> arguments = {};                  ///< of `call`: r0 to r3
  std::vector<std::pair<uint32_t, uint32_t>> held = {};  ///< words of peripherals that stay so
  std::vector<std::byte> input = {};                     ///< what semihosting's "input.bin" holds
  const SourceLines* lines = nullptr;                    ///< null: no counts by line
  int64_t times = 1;  ///< of the region `from`..`to`, then the run ends
  int64_t max_instructions = 20'000'000'000;
  double max_seconds = 120;
  const std::atomic<bool>* cancelled = nullptr;
};

enum class ProfileEnd { finished, limit, fault };

struct ProfileFacts {
  std::vector<ProfileRegion> regions;  ///< the one that was asked for first; at least one
  ProfileEnd end = ProfileEnd::finished;
  std::string ended;  ///< "the script's end", "fault in f at 0x...: ..."
  std::string
      missed;      ///< what was asked for and did not happen: "region a was never reached"; or ""
  BoardEnd board;  ///< registers where it ended
  std::string console;
  std::vector<TouchedAddress> touched;
  std::vector<std::pair<int, int64_t>> exceptions;  ///< number, how often
  int64_t idle_cycles = 0, instructions = 0, cycles = 0;
  std::string no_stack;  ///< why there are no figures of stacks; "" if there are
  HeapUse heap;
  std::vector<std::string> caches;  ///< whom Counts::caches is of
  std::vector<UnknownInsn> unknown;
  std::vector<std::string> notes;
};

/// In Unicorn, at the part's addresses; Emulator::profile of unicorn. Errors: input (no vector
/// table,
/// ...), unsupported. A fault of the firmware is not one: what is known until then is returned.
Result<ProfileFacts> profile_on_board(const ProfileRequest& request);

}  // namespace assay
