// What a profile looks for while the image runs: addresses between which it counts, and where it
// ends. The same for every emulator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "measure/profile.h"
#include "measure/profiler.h"

namespace assay {

struct RegionWatch {
  std::optional<uint32_t> from = {}, to = {}, until = {};
  int64_t times = 1;  ///< of `from`..`to`, then the run ends
  bool in_region = false, reached_until = false;
  int64_t rounds = 0;  ///< that are over

  RegionWatch() = default;
  explicit RegionWatch(const ProfileRequest& request)
      : from(request.from), to(request.to), until(request.until), times(request.times) {}

  bool watches(uint32_t address) const {
    return address == from || address == to || address == until;
  }
  /// The block at a watched address has been reached, and has not run. Returns why the run is
  /// finished; "" if it goes on.
  std::string reach(Profiler& profiler, uint32_t address);
};

/// Fills in what the profiler knows: regions, the script's too, with what was asked for and did not
/// happen; sums, caches, unknown instructions. `facts.end` is set.
void collect_regions(const RegionWatch& watch, const UartScript& script, Profiler& profiler,
                     ProfileFacts& facts);

/// What was asked for and did not happen.
void note_missed(ProfileFacts& facts, std::string what);

}  // namespace assay
