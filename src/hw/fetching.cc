// What fetching code costs: each part of a line that a block touches, in order.
//
// The part that code runs in is at hand. Another is in the cache, or has been read ahead, or is
// read now. A part that was read ahead in time is used from the prefetch buffer and does not enter
// the cache; one that is late is a miss, waits for the rest, and does.
// Source: ST RM0090 section 3.5.2 (instruction prefetch; instruction cache memory: only what was in
// neither the current line, the prefetched line nor the cache is copied into it).
//
// Where data has no lines of its own, what is being read ahead is read to its end: another read of
// the same memory waits for it.
//
// Not handled: the core's own fetch queue.
#include <algorithm>

#include "hw/memory_system.h"

namespace assay {

void MemorySystem::fetch_parts(Path& path, CodeRun& code, Counts& counts) {
  const uint32_t size = path.code->fill_bytes();
  const int64_t began = now_;
  stalled_ = 0;
  reads_ahead_.clear();
  int64_t at = began, fetches = 0;  // `at`: when code reaches the part
  const uint32_t first = path.code->part_of(code.begin);
  for (uint64_t next = first; next < code.end; next += size) {  // beyond 32 bits at their end
    const auto part = static_cast<uint32_t>(next);
    const auto end = static_cast<uint32_t>(std::min<uint64_t>(next + size, code.end));
    const uint32_t bytes = end - std::max(part, code.begin);
    const int64_t takes = int64_t{code.pace} * bytes;
    if (part != path.current) {
      ++fetches;
      const int64_t wait = enter_part(path, part, takes, bytes, at, counts);
      if (wait > 0) stall(path.fetch_cause, wait, counts);
      at += wait;
      const bool reads = path.prefetches && path.data == nullptr && path.prefetched != kNowhere;
      const int64_t paced = at - stalled_;
      if (reads) reads_ahead_.push_back({paced, paced + path.timing.arrival(0)});
      path.current = part;
    }
    at += takes;
  }
  counts.regions[path.region].fetches += fetches;
  if (path.knows_held && code.end > code.begin &&
      at - began == int64_t{code.pace} * (code.end - code.begin))
    see_held(path, code);
}

/// Keeps where code is that just now waited for nothing, if it will wait for nothing again.
void MemorySystem::see_held(const Path& path, CodeRun& code) {
  const Cache& cache = *path.code;
  const uint32_t size = cache.fill_bytes();
  HeldCode& held = code.held;
  held = {.changes = cache.changes(),
          .lines = std::move(held.lines),
          .first = cache.part_of(code.begin),
          .last = cache.part_of(code.end - 1)};
  held.lines.clear();
  held.all = true;
  for (uint64_t next = held.first; next <= held.last; next += size, ++held.parts) {
    const auto part = static_cast<uint32_t>(next);
    if (const auto seen = cache.find(part)) {
      if (held.lines.empty() || held.lines.back().slot != seen->slot)
        held.lines.push_back(*seen);
      else
        held.lines.back().parts |= seen->parts;
      continue;
    }
    const uint32_t before = part - std::max(part - size, code.begin);  // bytes that run before it
    const bool is_second = part == held.first + size;
    const bool in_time = part == held.first || code.pace * int64_t{before} >= time_ahead(path);
    if (!path.prefetches || path.keeps_all || !(in_time || is_second)) return void(held.parts = 0);
    held.all = false;
    held.first_ahead |= part == held.first;
    held.second_ahead |= is_second;
    held.second_late |= !in_time;
  }
  const bool alone = !held.first_ahead && std::has_single_bit(held.lines.front().parts);
  held.beyond_first = alone ? 1 : 0;
}

/// Sixteenths until `bytes` of the part can run at their own pace, which takes `takes`.
int64_t MemorySystem::enter_part(Path& path, uint32_t part, int64_t takes, uint32_t bytes,
                                 int64_t at, Counts& counts) {
  int64_t wait = 0;
  const bool held = path.code->holds(part);
  bool hit = held;
  if (!hit && part == path.prefetched) {
    wait = std::max<int64_t>(0, path.prefetch_ready - at);
    hit = wait == 0 && !path.reads_ahead;
    if (path.reads_ahead) wait += path.code_miss;
  } else if (!hit) {
    const int64_t last = path.timing.arrival(bytes - 1) - takes;  // of a burst: it may lag behind
    wait = std::max(path.timing.arrival(0), last) + path.code_miss - kCycle;
    if (path.prefetches && path.data == nullptr)
      wait += std::max<int64_t>(0, path.prefetch_ready - at);
  }
  if (!held && (!hit || path.keeps_all)) path.code->insert(part);
  if (path.code_counter >= 0) {
    CacheTraffic& traffic = counts.caches[static_cast<size_t>(path.code_counter)];
    ++(hit ? traffic.hits : traffic.misses);
  }
  if (path.prefetches) {
    const uint32_t next = part + path.code->fill_bytes();
    const bool in_vain = path.data == nullptr && path.code->holds(next);
    path.prefetched = in_vain ? kNowhere : next;
    path.prefetch_ready = at + wait + path.timing.arrival(0) + path.code_miss;
    if (in_vain) path.prefetch_ready = at;
  }
  if (path.reads_ahead && !hit) read_ahead(path, part, at + wait);
  return wait;
}

}  // namespace assay
