// Program -> facts: weigh the built image, run it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "emit/program.h"
#include "hw/core.h"
#include "hw/target.h"
#include "measure/elf.h"
#include "measure/emulator.h"
#include "measure/toolchain.h"

namespace assay {

struct Measurement {
  Image image;
  std::optional<Footprint> footprint;  ///< nothing if the image does not fit: image.overflows
  std::optional<RunFacts> run;
};

struct RunLimits {
  int64_t max_instructions = 20'000'000'000;
  double max_seconds = 120;
  const std::atomic<bool>* cancelled = nullptr;  ///< may be null
};

/// The target's core. Runs published on its part count as its own only where clock and memories
/// take the time of the shipped target and nothing was `placed` otherwise. Where the file does not
/// say how long a memory takes, its validation's upper end is that much higher.
Result<CoreTiming> core_on(const Target& target, bool placed = false);

/// The first emulator that can run the target's images, or the one of that name. Errors: usage (no
/// such name), unsupported (with each one's reason).
Result<const Emulator*> choose_emulator(const CoreTiming& core, const Target& target,
                                        std::string_view name = {});

/// What an emulator is asked: `inputs` are one inference each, the model's inputs concatenated.
/// Refers to elf, target and core, which must outlive it.
RunRequest run_request(const ElfFile& elf, const Program& program, const Target& target,
                       const CoreTiming& core, std::vector<std::vector<std::byte>> inputs,
                       const RunLimits& limits);

/// Weighs the program's built image and, if it fits, runs it. Nothing is cached or compared: the
/// pipeline does that.
Result<Measurement> measure(Image image, const Program& program, const Target& target,
                            const CoreTiming& core,
                            const std::vector<std::vector<std::byte>>& inputs,
                            const RunLimits& limits);

}  // namespace assay
