// A target's regions and caches as paths that accesses take. fetching.cc and accessing.cc time
// them; here they are made.
//
// RAM without wait states and tightly-coupled memory add nothing, and have no path to walk. Code in
// a memory that makes the core wait always goes through something that keeps at least the read made
// last: where the file names no buffer, that.
//
// Not handled: other masters (DMA, a second core), refresh, what a read of data takes from the
// fetches after it (but for the file's data_read_cycles).
#include "hw/memory_system.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

int64_t sixteenths(double cycles) { return std::llround(cycles * static_cast<double>(kCycle)); }

/// The read made last, where the file names no other buffer.
CacheSpec one_read(const MemoryRegion& region) {
  CacheSpec spec;
  spec.line_bytes = spec.fill_bytes = region.read_bytes;
  spec.lines = spec.ways = 1;
  return spec;
}

}  // namespace

MemorySystem::MemorySystem(const Target& target, const CoreRules& rules)
    : pages_(size_t{1} << (32 - kPageShift)),
      unaligned_load_(rules.unaligned_load),
      unaligned_parts_(rules.unaligned_parts) {
  for (const CacheSpec& spec : target.caches) {
    caches_.push_back(spec.name);
    held_.emplace_back(spec);
  }
  for (size_t i = 0; i < std::min(target.regions.size(), kMaxRegions); ++i) {
    Path& path = paths_.emplace_back(path_of(target, i));
    connect(target, path);
    for (uint32_t page = path.begin >> kPageShift; page <= path.last >> kPageShift; ++page)
      pages_[page] = static_cast<uint8_t>(i + 1);
    if (!path.has_data_window) continue;
    const uint32_t data_last = path.data_begin + (path.last - path.begin);
    for (uint32_t page = path.data_begin >> kPageShift; page <= data_last >> kPageShift; ++page)
      pages_[page] = static_cast<uint8_t>(i + 1);
  }
}

MemorySystem::Path MemorySystem::path_of(const Target& target, size_t index) const {
  const MemoryRegion& region = target.regions[index];
  Path path;
  path.region = index;
  path.begin = region.address;
  path.last = region.address + static_cast<uint32_t>(std::max<int64_t>(region.size_bytes, 1) - 1);
  path.near_last = region.far_address ? *region.far_address - 1 : path.last;
  path.far_read = sixteenths(region.far_read_cycles);
  path.has_data_window = region.data_address.has_value();
  path.data_begin = region.data_address.value_or(0);
  if (region.tightly_coupled) return path;
  path.timing = read_timing(region, target.clock_hz);
  path.data_read = sixteenths(region.data_read_cycles);
  path.write = std::max<int64_t>(0, path.timing.read - kCycle);
  if (region.kind != RegionKind::flash) path.fetch_cause = path.data_cause = Cause::bus;
  return path;
}

/// Puts the caches that stand before the region into its path.
void MemorySystem::connect(const Target& target, Path& path) {
  const MemoryRegion& region = target.regions[path.region];
  if (region.tightly_coupled) return;
  for (size_t i = 0; i < target.caches.size(); ++i) {
    const CacheSpec& spec = target.caches[i];
    if (std::ranges::find(spec.regions, path.region) == spec.regions.end()) continue;
    if (spec.code) {
      path.code = &held_[i];
      path.code_counter = static_cast<int>(i);
      path.prefetches = spec.prefetch && spec.buffer;
      path.reads_ahead = spec.prefetch && !spec.buffer;
      path.keeps_all = !spec.misses_only;
      path.code_miss = sixteenths(spec.miss_cycles);
      if (!spec.buffer) path.fetch_cause = Cause::icache_miss;
    }
    if (spec.data) {
      path.data = &held_[i];
      path.data_counter = static_cast<int>(i);
      path.write_back = spec.write_back;
      path.data_miss = sixteenths(spec.miss_cycles);
      path.hidden = sixteenths(spec.hidden_cycles);
      if (!spec.buffer) path.data_cause = Cause::dcache_miss;
    }
  }
  const bool waits = !path.timing.immediate();
  if (waits && path.code == nullptr) path.code = &held_.emplace_back(one_read(region));
  path.knows_held = path.code != nullptr && (!path.prefetches || path.data != nullptr);
  path.times_data = waits || path.data != nullptr || path.data_read != 0;
}

size_t MemorySystem::search(uint32_t address) const {
  for (const Path& path : paths_)
    if (address - path.begin <= path.last - path.begin ||
        (path.has_data_window && address - path.data_begin <= path.last - path.begin))
      return path.region;
  return kNoRegion;
}

void MemorySystem::reset() {
  for (Cache& cache : held_) cache.clear();
  for (Path& path : paths_) {
    path.free_at = path.fill_begin = path.fill_end = path.prefetch_ready = 0;
    path.fill_first = path.current = path.prefetched = kNowhere;
  }
  now_ = step_ = stalled_ = 0;
  reads_ahead_.clear();
  owed_ = {};
}

}  // namespace assay
