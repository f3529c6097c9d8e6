// What a part's memories add to the core's cycles: flash wait states, accelerators, caches, slow
// RAM. Made of a target at its clock; keeps the state of caches and buffers while code runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hw/counts.h"
#include "hw/target.h"

namespace assay {

class MemorySystem {
 public:
  /// `target` must outlive it.
  explicit MemorySystem(const Target& target);

  /// Code [begin, end) is about to run; `jumped` if control did not come from the address before.
  /// Adds the waits and what they were to `counts`.
  void fetch(uint32_t begin, uint32_t end, bool jumped, Counts& counts);

  /// One data access by the core, `bytes` wide.
  void access(uint32_t address, uint32_t bytes, bool is_store, Counts& counts) {
    counts.unaligned += (address & (bytes - 1)) != 0;
    const size_t region = region_of(address);
    if (region == kNoRegion) {
      ++counts.other_accesses;
      return;
    }
    RegionTraffic& traffic = counts.regions[region];
    if (is_store) {
      ++traffic.stores;
      traffic.store_bytes += bytes;
    } else {
      ++traffic.loads;
      traffic.load_bytes += bytes;
    }
  }

  /// Names of the caches that Counts::caches counts, in its order: "ART D-lines", "ICACHE".
  const std::vector<std::string>& caches() const { return caches_; }
  /// Forgets what caches and buffers hold: a cold start.
  void reset();

 private:
  static constexpr size_t kNoRegion = ~size_t{0};
  struct Range {
    uint32_t begin = 0, last = 0;
    size_t region = kNoRegion;
  };

  size_t region_of(uint32_t address) {
    if (address - recent_.begin <= recent_.last - recent_.begin) return recent_.region;
    for (const Range& range : ranges_)
      if (address - range.begin <= range.last - range.begin) {
        recent_ = range;
        return range.region;
      }
    return kNoRegion;
  }

  std::vector<Range> ranges_;
  Range recent_;
  std::vector<std::string> caches_;
};

}  // namespace assay
