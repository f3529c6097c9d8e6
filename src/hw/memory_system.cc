// Which memory an access meets. Waits are not modelled yet: every region answers at once.
#include "hw/memory_system.h"

#include <algorithm>

namespace assay {

MemorySystem::MemorySystem(const Target& target) {
  for (size_t i = 0; i < std::min(target.regions.size(), kMaxRegions); ++i) {
    const MemoryRegion& region = target.regions[i];
    if (region.size_bytes <= 0) continue;
    ranges_.push_back(
        {region.address, region.address + static_cast<uint32_t>(region.size_bytes - 1), i});
  }
  recent_ = ranges_.empty() ? Range{} : ranges_.front();
}

void MemorySystem::fetch(uint32_t begin, uint32_t /*end*/, bool /*jumped*/, Counts& counts) {
  const size_t region = region_of(begin);
  if (region != kNoRegion) ++counts.regions[region].fetches;
}

void MemorySystem::reset() {}

}  // namespace assay
