// What a part's memories add to the core's cycles: flash wait states, accelerators, caches, slow
// RAM. Made of a target at its clock; keeps the state of caches and buffers while code runs.
//
// Time runs in sixteenths of a cycle: the block that starts says how fast it is by the core's own
// timing, and its accesses are taken as evenly spread over it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "hw/cache.h"
#include "hw/counts.h"
#include "hw/read_timing.h"
#include "hw/target.h"

namespace assay {

/// Where a piece of code was when fetching it waited for nothing: each part of a line in the cache,
/// or read ahead while the part before it ran. While the cache stays so, it waits for nothing
/// again, and all else that fetching does is known.
struct HeldCode {
  uint64_t changes = 0;            ///< Cache::changes() when it was so
  std::vector<Cache::Seen> lines;  ///< in the cache, in the order of use
  size_t beyond_first = 0;         ///< of lines: the first that not only part one uses
  uint32_t first = 0, last = 0;    ///< parts
  int64_t parts = 0;               ///< 0: it has not been so
  bool all = false;                ///< none is read ahead ...
  bool first_ahead = false, second_ahead = false;  ///< ... the first, the second part is
  bool second_late = false;  ///< the second is not in time, unless the first is at hand
};

/// Code that is about to run.
struct CodeRun {
  uint32_t begin = 0, end = 0;
  int32_t pace = 0;    ///< sixteenths of a cycle a byte
  int32_t step = 0;    ///< sixteenths of a cycle from one data access to the next
  HeldCode held = {};  ///< kept by the memory system
};

class MemorySystem {
 public:
  /// What the core itself adds to an unaligned load comes from its rules.
  explicit MemorySystem(const Target& target, const CoreRules& rules = {});

  /// `code` starts at that cycle: the time of the accesses that follow.
  void start(const CodeRun& code, int64_t now_cycles) {
    now_ = now_cycles * kCycle;
    step_ = code.step;
  }

  /// The same, with what fetching it waits for, which is added to `counts`.
  void fetch(CodeRun& code, int64_t now_cycles, Counts& counts) {
    start(code, now_cycles);
    const size_t region = region_of(code.begin);
    if (region == kNoRegion) return;
    Path& path = paths_[region];
    if (path.code == nullptr)
      counts.regions[region].fetches += (code.end - code.begin + 3) / 4;
    else if (code.held.parts == 0 || !fetch_held(path, code, counts))
      fetch_parts(path, code, counts);
  }
  /// Whether code there may wait; if not, each fetch() of it counts the same.
  bool times_code(uint32_t address) const {
    const size_t region = region_of(address);
    return region != kNoRegion && paths_[region].code != nullptr;
  }

  /// Addresses where no access of the same kind waits for anything: all of a region that is always
  /// ready, up to its far part, or a part of a line while its cache holds it.
  struct Immediate {
    uint32_t begin = 0, last = 0;
    uint32_t region = 0;
    Cache* cache = nullptr;  ///< null: always ready
    uint64_t changes = 0;    ///< Cache::changes() while it holds
    uint32_t slot = 0;       ///< what each access uses
    int32_t counter = -1;    ///< whose hits they are
  };
  /// Where the access just made would now wait for nothing, if there is such a place.
  std::optional<Immediate> immediate(uint32_t address, uint32_t bytes, bool is_store) const {
    const size_t region = region_of(address);
    if (region == kNoRegion) return std::nullopt;
    const Path& path = paths_[region];
    if (path.times_data) return held_part(path, address, bytes, is_store);
    if (address - path.begin > path.near_last - path.begin)
      return std::nullopt;  // far, or its other window
    return Immediate{
        .begin = path.begin, .last = path.near_last, .region = static_cast<uint32_t>(region)};
  }
  /// Whether the time of an access can matter at all.
  bool times_data() const {
    return std::ranges::any_of(
        paths_, [](const Path& path) { return path.times_data || path.near_last != path.last; });
  }
  /// Accesses that were immediate, and so not told of, pass.
  void pass(int64_t accesses) { now_ += accesses * step_; }

  /// One data access by the core, `bytes` wide.
  void access(uint32_t address, uint32_t bytes, bool is_store, Counts& counts) {
    now_ += step_;
    if ((address & (std::min(bytes, 4u) - 1)) != 0) unaligned(address, bytes, is_store, counts);
    const size_t region = region_of(address);
    if (region == kNoRegion) {
      ++counts.other_accesses;
      return;
    }
    RegionTraffic& traffic = counts.regions[region];
    Path& path = paths_[region];
    if (is_store) {
      ++traffic.stores;
      traffic.store_bytes += bytes;
      if (path.times_data) store(path, address, counts);
    } else {
      ++traffic.loads;
      traffic.load_bytes += bytes;
      if (path.times_data) load(path, address, bytes, counts);
      if (address > path.near_last) stall(Cause::bus, path.far_read, counts);
    }
  }

  /// Names of the caches that Counts::caches counts, in its order: "ART D-lines", "ICACHE".
  const std::vector<std::string>& caches() const { return caches_; }
  /// Forgets what caches and buffers hold: a cold start.
  void reset();

 private:
  static constexpr size_t kNoRegion = ~size_t{0};
  static constexpr uint32_t kPageShift = 16;
  static constexpr uint32_t kNowhere = 1;  ///< not aligned, so no part of a line

  /// How the core reaches a region.
  struct Path {
    uint32_t begin = 0, last = 0;
    uint32_t near_last = 0;  ///< beyond it reads take `far_read` more
    size_t region = 0;
    bool has_data_window = false;  ///< loads see it from data_begin on
    uint32_t data_begin = 0;
    ReadTiming timing;
    bool times_data = false, prefetches = false, write_back = false;
    bool knows_held = false;   ///< fetching what its cache holds is as HeldCode says
    bool keeps_all = false;    ///< also what prefetching brought in time
    bool reads_ahead = false;  ///< the memory itself does, behind the cache: only misses see it
    Cache *code = nullptr, *data = nullptr;    ///< null: nothing to wait for; no cache
    int code_counter = -1, data_counter = -1;  ///< in Counts::caches
    Cause fetch_cause = Cause::flash_fetch, data_cause = Cause::flash_data;
    int64_t code_miss = 0, data_miss = 0;  ///< beyond the memory's time
    int64_t hidden = 0;     ///< of a load's wait: the core goes on until it needs the result
    int64_t data_read = 0;  ///< of each load: the bus that it shares with fetches
    int64_t far_read = 0;
    int64_t write = 0;                     ///< for which a store keeps it busy
    int64_t free_at = 0;                   ///< when it can begin the next read or write of data
    int64_t fill_begin = 0, fill_end = 0;  ///< of the fill begun last
    uint32_t fill_first = kNowhere;        ///< whose first transfer is this
    uint32_t current = kNowhere;           ///< the part of a line that code runs in
    uint32_t prefetched = kNowhere;
    int64_t prefetch_ready = 0;
  };

  size_t region_of(uint32_t address) const {
    const uint8_t page = pages_[address >> kPageShift];
    if (page == 0) return kNoRegion;
    const Path& path = paths_[page - 1u];
    if (address - path.begin <= path.last - path.begin) return page - 1u;
    return search(address);
  }
  size_t search(uint32_t address) const;
  Path path_of(const Target& target, size_t region) const;
  void connect(const Target& target, Path& path);

  bool fetch_held(Path& path, CodeRun& code, Counts& counts);
  void fetch_parts(Path& path, CodeRun& code, Counts& counts);
  /// From when a part is reached until the next has been read ahead.
  static int64_t time_ahead(const Path& path) { return path.timing.arrival(0) + path.code_miss; }
  static void see_held(const Path& path, CodeRun& code);
  int64_t enter_part(Path& path, uint32_t part, int64_t ticks_to_last, uint32_t bytes, int64_t at,
                     Counts& counts);
  void unaligned(uint32_t address, uint32_t bytes, bool is_store, Counts& counts);
  void load(Path& path, uint32_t address, uint32_t bytes, Counts& counts);
  int64_t load_part(Path& path, uint32_t address, Counts& counts);
  std::optional<Immediate> held_part(const Path& path, uint32_t address, uint32_t bytes,
                                     bool is_store) const;
  int64_t load_uncached(Path& path);
  int64_t load_missing(Path& path, uint32_t address);
  int64_t until_filled(const Path& path, uint32_t address) const;
  int64_t until_read_ahead() const;
  void fill(Path& path, uint32_t address);
  static void read_ahead(Path& path, uint32_t part, int64_t from);
  void store(Path& path, uint32_t address, Counts& counts);
  void stall(Cause cause, int64_t wait, Counts& counts);

  std::vector<uint8_t> pages_;  ///< by address >> kPageShift: a region there, plus 1
  std::vector<Path> paths_;     ///< by region
  std::deque<Cache> held_;      ///< what paths point to
  std::vector<std::string> caches_;
  int unaligned_load_ = 0;
  bool unaligned_parts_ = false;
  int64_t now_ = 0, step_ = 0;
  int64_t stalled_ = 0;  ///< of now_: since the block began
  struct Reading {
    int64_t begin = 0, end = 0;
  };
  std::vector<Reading> reads_ahead_;     ///< of code by the block that runs, as if it never stalled
  std::array<int64_t, kCauses> owed_{};  ///< parts of cycles not yet spent
};

/// Fetches code that is still where it was seen. If it is not, does nothing and returns false.
inline bool MemorySystem::fetch_held(Path& path, CodeRun& code, Counts& counts) {
  HeldCode& held = code.held;
  Cache& cache = *path.code;
  if (held.changes != cache.changes()) {
    if (!held.all || !std::ranges::all_of(held.lines, [&](const Cache::Seen& line) {
          return cache.still_holds(line);
        }))
      return false;
    held.changes = cache.changes();
  }
  const bool at_hand = held.first == path.current;
  const auto in_time = [&](uint32_t part) {
    return part == path.prefetched &&
           path.prefetch_ready <= now_ + code.pace * int64_t{part - std::min(part, code.begin)};
  };
  if (at_hand ? held.second_ahead && !in_time(held.first + cache.fill_bytes())
              : held.second_late || (held.first_ahead && !in_time(held.first)))
    return false;
  stalled_ = 0;
  reads_ahead_.clear();
  const int64_t parts = held.parts - (at_hand ? 1 : 0);
  if (parts == 0) return true;
  for (size_t i = at_hand ? held.beyond_first : 0; i < held.lines.size(); ++i)
    cache.use(held.lines[i].slot);
  path.current = held.last;
  counts.regions[path.region].fetches += parts;
  if (path.code_counter >= 0) counts.caches[static_cast<size_t>(path.code_counter)].hits += parts;
  if (!path.prefetches) return true;
  path.prefetched = held.last + cache.fill_bytes();
  path.prefetch_ready =
      now_ + code.pace * int64_t{held.last - std::min(held.last, code.begin)} + time_ahead(path);
  return true;
}

inline int64_t MemorySystem::load_part(Path& path, uint32_t address, Counts& counts) {
  if (path.data == nullptr) return load_uncached(path);
  CacheTraffic& traffic = counts.caches[static_cast<size_t>(path.data_counter)];
  if (!path.data->holds(address)) {
    ++traffic.misses;
    return load_missing(path, address);
  }
  ++traffic.hits;
  return path.fill_end <= now_ ? 0 : until_filled(path, address);
}

/// The part of a line that an access has just used, unless it is still being filled.
inline std::optional<MemorySystem::Immediate> MemorySystem::held_part(const Path& path,
                                                                      uint32_t address,
                                                                      uint32_t bytes,
                                                                      bool is_store) const {
  if (path.data == nullptr || path.data_read != 0 || (is_store && !path.write_back) ||
      address > path.near_last)
    return std::nullopt;
  const uint32_t part = path.data->part_of(address);
  const bool at_end = address + bytes == part + path.data->fill_bytes();  // most go on from here
  const bool arrives = path.fill_end > now_ && path.data->part_of(path.fill_first) == part;
  if (at_end || arrives) return std::nullopt;
  return Immediate{.begin = part,
                   .last = part + path.data->fill_bytes() - 1,
                   .region = static_cast<uint32_t>(path.region),
                   .cache = path.data,
                   .changes = path.data->changes(),
                   .slot = path.data->last_slot(address),
                   .counter = path.data_counter};
}

inline void MemorySystem::load(Path& path, uint32_t address, uint32_t bytes, Counts& counts) {
  int64_t wait = load_part(path, address, counts);
  const bool crosses = path.data != nullptr &&
                       path.data->part_of(address) != path.data->part_of(address + bytes - 1);
  if (crosses) wait += load_part(path, path.data->part_of(address + bytes - 1), counts);
  wait -= path.hidden;
  if (wait > 0) stall(path.data_cause, wait, counts);
  if (path.data_read != 0) stall(Cause::bus, path.data_read, counts);
}

/// Whole cycles are spent; what is left of one is owed until there is a whole one.
inline void MemorySystem::stall(Cause cause, int64_t wait, Counts& counts) {
  now_ += wait;
  stalled_ += wait;
  int64_t& owed = owed_[static_cast<size_t>(cause)];
  owed += wait;
  const int64_t cycles = owed / kCycle;
  if (cycles == 0) return;
  owed -= cycles * kCycle;
  counts.spend(cause, cycles);
}

}  // namespace assay
