// What data accesses cost in memories that make the core wait.
//
// A load that misses waits for its own transfer, which comes first; the others of the fill follow,
// and a load of one that has not arrived waits for it. The memory does one fill at a time. A store
// goes to a buffer of one entry: the core waits only if the memory is still busy with the one
// before. In a write-back cache it stays there, and a line that is missing is filled behind the
// core's back.
// Source: Arm DDI 0489F section 5.9 (Cortex-M7 L1 caches: critical word first, streaming, read and
// write allocation); Arm DDI 0337 and DDI 0439 (Cortex-M3, M4: one-entry write buffer).
//
// Not handled: merging and depth of the M7's store buffer; loads that wait for it.
#include <algorithm>

#include "hw/memory_system.h"

namespace assay {

/// A core that splits unaligned loads needs an access for each aligned part; a store is split
/// behind its back.
void MemorySystem::unaligned(uint32_t address, uint32_t bytes, bool is_store, Counts& counts) {
  ++counts.unaligned;
  if (is_store || unaligned_load_ == 0) return;
  const int more_parts = (address & 1) != 0 && bytes >= 4 ? 2 : 1;
  stall(Cause::unaligned, unaligned_load_ * (unaligned_parts_ ? more_parts : 1) * kCycle, counts);
}

/// How long the read ahead of code still takes that is on its way.
int64_t MemorySystem::until_read_ahead() const {
  const int64_t paced = now_ - stalled_;
  for (const Reading& reading : reads_ahead_)
    if (reading.begin <= paced && paced < reading.end) return reading.end - paced;
  return 0;
}

int64_t MemorySystem::load_uncached(Path& path) {
  const int64_t reading = path.prefetches ? until_read_ahead() : 0;
  const int64_t begin = std::max(now_ + reading, path.free_at);
  path.free_at = begin + path.timing.arrival(0);
  return path.free_at - now_ - kCycle;
}

int64_t MemorySystem::load_missing(Path& path, uint32_t address) {
  fill(path, address);
  return path.fill_begin + path.timing.arrival(0) - now_ - kCycle;
}

/// How long what the cache holds has not arrived yet.
int64_t MemorySystem::until_filled(const Path& path, uint32_t address) const {
  const Cache& cache = *path.data;
  if (cache.part_of(path.fill_first) != cache.part_of(address)) return 0;
  const uint32_t before = (address - path.fill_first) & (cache.fill_bytes() - 1);
  return std::max<int64_t>(0, path.fill_begin + path.timing.arrival(before) - now_ - kCycle);
}

/// Begins to read the part of a line that holds `address`, as soon as the memory is free.
void MemorySystem::fill(Path& path, uint32_t address) {
  Cache& cache = *path.data;
  const uint32_t transfer = 1u << path.timing.beat_shift;
  path.fill_begin = std::max(now_, path.free_at) + path.data_miss;
  const bool ahead = path.reads_ahead && cache.part_of(address) == path.prefetched;
  if (ahead)  // it is in the memory's buffer, or soon will be
    path.fill_begin =
        std::max(now_ + kCycle, path.prefetch_ready) - path.timing.arrival(0) + path.data_miss;
  path.fill_first = address & ~(transfer - 1);
  path.fill_end = path.fill_begin + path.timing.arrival(cache.fill_bytes() - 1);
  path.free_at = path.fill_end;
  if (path.reads_ahead) read_ahead(path, cache.part_of(address), path.fill_end);
  if (cache.insert(address)) path.free_at += path.timing.arrival(cache.line_bytes() - 1);
}

/// The memory reads what follows a part that was asked for, whether anybody will want it or not.
void MemorySystem::read_ahead(Path& path, uint32_t part, int64_t from) {
  path.prefetched = part + path.code->fill_bytes();
  path.prefetch_ready = path.free_at = from + path.timing.arrival(0);
}

void MemorySystem::store(Path& path, uint32_t address, Counts& counts) {
  if (path.data != nullptr && path.write_back) {
    CacheTraffic& traffic = counts.caches[static_cast<size_t>(path.data_counter)];
    const bool hit = path.data->holds(address);
    ++(hit ? traffic.hits : traffic.misses);
    if (!hit) fill(path, address);
    path.data->write(address);
    return;
  }
  if (path.write == 0) return;
  const int64_t wait = std::max<int64_t>(0, path.free_at - now_);
  if (wait > 0) stall(Cause::bus, wait, counts);
  path.free_at = now_ + path.write + kCycle;
}

}  // namespace assay
