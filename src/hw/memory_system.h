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

/// Code that is about to run.
struct CodeRun {
  uint32_t begin = 0, end = 0;
  int32_t pace = 0;  ///< sixteenths of a cycle a byte
  int32_t step = 0;  ///< sixteenths of a cycle from one data access to the next
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
  void fetch(const CodeRun& code, int64_t now_cycles, Counts& counts) {
    start(code, now_cycles);
    const size_t region = region_of(code.begin);
    if (region == kNoRegion) return;
    Path& path = paths_[region];
    if (path.code != nullptr)
      fetch_parts(path, code, counts);
    else
      counts.regions[region].fetches += (code.end - code.begin + 3) / 4;
  }
  /// Whether code there may wait; if not, each fetch() of it counts the same.
  bool times_code(uint32_t address) const {
    const size_t region = region_of(address);
    return region != kNoRegion && paths_[region].code != nullptr;
  }

  /// Addresses where no access waits for anything: all of the region that `address` is in, up to
  /// its far part.
  struct Immediate {
    uint32_t begin = 0, last = 0;
    size_t region = 0;
  };
  std::optional<Immediate> immediate(uint32_t address) const {
    const size_t region = region_of(address);
    if (region == kNoRegion || paths_[region].times_data) return std::nullopt;
    const Path& path = paths_[region];
    if (address - path.begin > path.near_last - path.begin)
      return std::nullopt;  // far, or its other window
    return Immediate{path.begin, path.near_last, region};
  }
  /// Whether the time of an access can matter at all.
  bool times_data() const {
    return std::ranges::any_of(
        paths_, [](const Path& path) { return path.times_data || path.near_last != path.last; });
  }
  /// Accesses that were immediate, and so not told of, pass.
  void pass(int64_t accesses) { now_ += accesses * step_; }

  /// One data access by the core, `bytes` wide. Returns whether its time can matter.
  bool access(uint32_t address, uint32_t bytes, bool is_store, Counts& counts) {
    now_ += step_;
    if ((address & (std::min(bytes, 4u) - 1)) != 0) unaligned(address, bytes, is_store, counts);
    const size_t region = region_of(address);
    if (region == kNoRegion) {
      ++counts.other_accesses;
      return true;
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
    return path.times_data;
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

  void fetch_parts(Path& path, const CodeRun& code, Counts& counts);
  int64_t enter_part(Path& path, uint32_t part, int64_t ticks_to_last, uint32_t bytes, int64_t at,
                     Counts& counts);
  void unaligned(uint32_t address, uint32_t bytes, bool is_store, Counts& counts);
  void load(Path& path, uint32_t address, uint32_t bytes, Counts& counts);
  int64_t until_read_ahead() const;
  int64_t load_part(Path& path, uint32_t address, Counts& counts);
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

}  // namespace assay
