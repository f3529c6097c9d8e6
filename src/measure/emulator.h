// An emulator runs an image and counts. One file and a line in emulators.def each; all use the same
// timing library (hw/), which knows none of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hw/core.h"
#include "hw/target.h"
#include "hw/timer.h"
#include "measure/elf.h"

namespace assay {

/// Bytes of RAM to keep as they are when a layer of the first inference ends.
struct Capture {
  size_t layer = 0;
  uint32_t address = 0;
  size_t bytes = 0;
};

struct RunRequest {
  const ElfFile& elf;
  const Target& target;
  const CoreTiming& core;
  std::vector<std::vector<std::byte>>
      inputs;                              ///< one inference each: the model's inputs, concatenated
  std::vector<std::string> layer_symbols;  ///< functions whose entry begins a layer; "" has none
  std::string invoke_symbol;
  std::vector<Capture> captures = {};
  int64_t max_instructions = 20'000'000'000;
  double max_seconds = 120;
  const std::atomic<bool>* cancelled = nullptr;  ///< Ctrl-C; may be null
  /// The target whose clock, memories and caches time the run, if not `target`; may be null. Not
  /// every emulator can.
  const Target* timed_as = nullptr;
  bool count_twice = false;  ///< also instruction by instruction, slowly; an error if that differs
};

struct FunctionCounts {
  std::string name;
  Counts counts;  ///< self
  int64_t entries = 0;
  int64_t frame_bytes = 0;  ///< most stack that one call of it took, callees excluded
  int64_t stack_bytes =
      0;  ///< deepest sp while its own code ran, below the value at invoke's entry
};

struct UnknownInsn {
  std::string mnemonic;
  int64_t executed = 0;
};

/// One inference, from entry to return of the invoke function.
struct InferenceFacts {
  Counts total;
  std::vector<Counts> layers;              ///< by layer_symbols
  std::vector<int64_t> layer_stack_bytes;  ///< deepest sp below the value at invoke's entry
  std::vector<FunctionCounts> functions;   ///< by name
};

struct RunFacts {
  InferenceFacts first;                         ///< the first input's
  std::vector<Counts> inferences;               ///< each input's totals
  std::vector<std::vector<std::byte>> outputs;  ///< what the firmware wrote after each inference
  std::vector<std::string> caches;              ///< names of what Counts::caches counts
  int64_t stack_bytes = 0;           ///< high water of the whole run, from the stack's top
  std::string no_stack;              ///< why the emulator can give no stack figure; "" if it can
  Counts startup;                    ///< reset to the first inference
  std::vector<UnknownInsn> unknown;  ///< executed but not in the decoder
  std::vector<std::string> notes;    ///< addresses touched that nothing models, ...
  std::string console;
  std::vector<std::vector<std::byte>> captured;  ///< by RunRequest::captures
};

struct ProfileRequest;  // measure/profile.h
struct ProfileFacts;

struct Emulator {
  std::string_view name, summary;
  /// Empty if it is installed and whole; else what to do about it.
  std::string (*missing)();
  /// Empty if it can run images for this target here; else why not.
  std::string (*unavailable)(const CoreTiming& core, const Target& target);
  /// Errors: input (the image faulted; says where), environment, unsupported (timed_as).
  Result<RunFacts> (*run)(const RunRequest& request);
  /// Any firmware, as it is. Errors: as of run, but a fault of the firmware is none.
  Result<ProfileFacts> (*profile)(const ProfileRequest& request);
};

#define ASSAY_EMULATOR(id) extern const Emulator id##_emulator;
#include "measure/emulators.def"
#undef ASSAY_EMULATOR

std::span<const Emulator* const> all_emulators();

}  // namespace assay
