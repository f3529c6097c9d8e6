// Sums of counts, and the check that causes explain every cycle.
#include "hw/counts.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace assay {

void Counts::add(const Counts& other, int64_t times) {
  instructions += times * other.instructions;
  cycles += times * other.cycles;
  causes.add(other.causes, times);
  loads += times * other.loads;
  stores += times * other.stores;
  macs += times * other.macs;
  calls += times * other.calls;
  branches_taken += times * other.branches_taken;
  branches_not_taken += times * other.branches_not_taken;
  mispredicted += times * other.mispredicted;
  unaligned += times * other.unaligned;
  for (size_t cls = 0; cls < by_class.size(); ++cls) by_class[cls] += times * other.by_class[cls];
  for (size_t i = 0; i < regions.size(); ++i) {
    regions[i].loads += times * other.regions[i].loads;
    regions[i].load_bytes += times * other.regions[i].load_bytes;
    regions[i].stores += times * other.regions[i].stores;
    regions[i].store_bytes += times * other.regions[i].store_bytes;
    regions[i].fetches += times * other.regions[i].fetches;
  }
  other_accesses += times * other.other_accesses;
  for (size_t i = 0; i < caches.size(); ++i) {
    caches[i].hits += times * other.caches[i].hits;
    caches[i].misses += times * other.caches[i].misses;
  }
}

void check_causes(const Counts& counts) {
  if (counts.causes.sum() == counts.cycles * kTicksPerCycle) return;
  fmt::print(stderr, "assay: internal error: causes sum to {} half cycles, not to {} cycles\n",
             counts.causes.sum(), counts.cycles);
  std::abort();
}

}  // namespace assay
