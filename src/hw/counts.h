// What running something cost: exact counts, and cycles by the model with their causes.
#pragma once

#include <array>
#include <cstdint>

#include "hw/cause.h"
#include "hw/core.h"

namespace assay {

constexpr size_t kMaxRegions = 12;  ///< of a target; read_target refuses more
constexpr size_t kMaxCaches = 4;    ///< of a MemorySystem

/// Accesses to one memory region.
struct RegionTraffic {
  int64_t loads = 0, load_bytes = 0;
  int64_t stores = 0, store_bytes = 0;
  int64_t fetches = 0;  ///< of code, each as wide as the bus or the cache's line
};

/// Look-ups in one cache or line buffer.
struct CacheTraffic {
  int64_t hits = 0, misses = 0;
};

struct Counts {
  int64_t instructions = 0;
  int64_t cycles = 0;             ///< modelled
  CauseTicks causes;              ///< sum to cycles * kTicksPerCycle
  int64_t loads = 0, stores = 0;  ///< transfers, by the code
  int64_t macs = 0;
  int64_t calls = 0;
  int64_t branches_taken = 0;  ///< control went elsewhere than to the next address
  int64_t branches_not_taken = 0;
  int64_t mispredicted = 0;  ///< modelled
  int64_t unaligned = 0;     ///< accesses not aligned to their size
  std::array<int64_t, kInsnClasses> by_class{};
  std::array<RegionTraffic, kMaxRegions> regions{};  ///< by Target::regions; as the core asked
  int64_t other_accesses = 0;                        ///< in no region: peripherals
  std::array<CacheTraffic, kMaxCaches> caches{};     ///< by MemorySystem::caches()

  Counts& operator+=(const Counts& other) {
    add(other, 1);
    return *this;
  }
  /// Adds `times` runs of `other`.
  void add(const Counts& other, int64_t times);
  /// Cycles with their cause.
  void spend(Cause cause, int64_t more_cycles) {
    cycles += more_cycles;
    causes.spend(cause, more_cycles);
  }
};

/// Ends the program if the causes do not sum to the cycles: our own mistake, never the input's.
/// Checked in release builds too.
void check_causes(const Counts& counts);

}  // namespace assay
