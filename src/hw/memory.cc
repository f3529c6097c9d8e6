// [[memory]] and [[cache]] of target files: TOML to regions and caches, checked against themselves
// and each other. What is checked is what a memory system could not be made of, or the linker would
// not take. Keys and units: data/README.md.
#include "hw/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "hw/counts.h"
#include "hw/fields.h"
#include "util/text.h"

namespace assay {
namespace {

/// Lines from which on a prefetching buffer is taken for a cache of branch targets.
constexpr int kAcceleratorLines = 32;

constexpr int64_t kMaxRegionBytes = int64_t{1} << 31;  // exclusive
constexpr int64_t kAddressSpace = int64_t{1} << 32;
constexpr size_t kMaxName = 64;
constexpr double kMaxCycles = 10'000;
constexpr int kMaxLines = 1 << 16;
constexpr std::string_view kKinds[] = {"flash", "ram", "code_ram"};

Result<std::vector<WaitStates>> read_waits(const Toml& region) {
  std::vector<WaitStates> waits;
  const std::vector<Toml> steps = TRY(rows(region, "waits"));
  for (const Toml& row : steps) {
    WaitStates step;
    step.max_clock_hz = TRY(integer_in(row, "max_clock_hz", 1, kMaxClockHz));
    const int64_t wait_states = TRY(integer_in(row, "wait_states", 0, 1000));
    step.wait_states = static_cast<int>(wait_states);
    TRY_STATUS(row.no_other_keys());
    if (!waits.empty() && step.max_clock_hz <= waits.back().max_clock_hz)
      return std::unexpected(row.error_at(
          "max_clock_hz", fmt::format("'max_clock_hz' {} is not above the row before ({})",
                                      step.max_clock_hz, waits.back().max_clock_hz)));
    waits.push_back(step);
  }
  return waits;
}

Result<RegionKind> read_kind(const Toml& toml) {
  const std::string kind = TRY(toml.text("kind"));
  const auto at = std::ranges::find(kKinds, kind);
  if (at == std::end(kKinds))
    return std::unexpected(
        toml.error_at("kind", fmt::format("'kind' is '{}', need flash, ram or code_ram", kind)));
  return static_cast<RegionKind>(at - kKinds);
}

/// A number of bytes that is a power of two; `otherwise` if the key is missing.
Result<int> power_of_two(const Toml& toml, std::string_view key, int high, int otherwise) {
  if (!toml.has(key)) return otherwise;
  const int64_t value = TRY(integer_in(toml, key, 1, high));
  if (!std::has_single_bit(static_cast<uint64_t>(value)))
    return std::unexpected(
        toml.error_at(key, fmt::format("'{}' is {}, need a power of two", key, value)));
  return static_cast<int>(value);
}

Result<SerialBus> read_serial(const Toml& region) {
  const Toml toml = TRY(region.table("serial"));
  SerialBus serial;
  serial.clock_hz = TRY(integer_in(toml, "clock_hz", 1, kMaxClockHz));
  serial.command_clocks = TRY(cycles_of(toml, "command_clocks", kMaxCycles));
  serial.clocks_per_byte = TRY(positive(toml, "clocks_per_byte", 64));
  serial.source = TRY(line_of(toml, "source", false));
  TRY_STATUS(toml.no_other_keys());
  return serial;
}

/// The part of a region that takes longer to read.
Status read_far(const Toml& toml, MemoryRegion& region) {
  if (!toml.has("far_address")) return {};
  const int64_t from = TRY(integer_in(toml, "far_address", region.address + int64_t{1},
                                      region.address + region.size_bytes - 1));
  region.far_address = static_cast<uint32_t>(from);
  region.far_read_cycles = TRY(cycles_of(toml, "far_read_cycles", kMaxCycles));
  region.far_source = TRY(line_of(toml, "far_source", true));
  return {};
}

Status read_timing(const Toml& toml, MemoryRegion& region) {
  region.waits = TRY(read_waits(toml));
  region.waits_source = TRY(line_of(toml, "waits_source", false));
  if (toml.has("clock_divider")) {
    const int64_t divider = TRY(integer_in(toml, "clock_divider", 1, 64));
    region.clock_divider = static_cast<int>(divider);
  }
  region.read_bytes = TRY(power_of_two(toml, "read_bytes", 256, region.read_bytes));
  region.bus_bytes = TRY(power_of_two(toml, "bus_bytes", 256, region.read_bytes));
  region.read_source = TRY(line_of(toml, "read_source", false));
  region.tightly_coupled = TRY(toml.boolean("tightly_coupled", false));
  region.data_read_cycles = TRY(cycles_of(toml, "data_read_cycles", kMaxCycles));
  region.data_read_source = TRY(line_of(toml, "data_read_source", false));
  TRY_STATUS(read_far(toml, region));
  if (toml.has("serial")) region.serial = TRY(read_serial(toml));
  if (region.bus_bytes > region.read_bytes)
    return std::unexpected(toml.error_at("bus_bytes", "'bus_bytes' is more than 'read_bytes'"));
  if (region.serial && !region.waits.empty())
    return std::unexpected(toml.error_at("serial", "a region has 'waits' or 'serial', not both"));
  return {};
}

Result<MemoryRegion> read_region(const Toml& toml) {
  MemoryRegion region;
  region.name = TRY(line_of(toml, "name", true));
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!std::ranges::all_of(region.name, fits) || region.name.size() > kMaxName ||
      region.name[0] < 'A' || region.name[0] > 'Z')
    return std::unexpected(toml.error_at(
        "name", fmt::format("'{}' is no region name: A-Z, 0-9 and '_', beginning with a letter",
                            region.name)));
  region.kind = TRY(read_kind(toml));
  const int64_t address = TRY(integer_in(toml, "address", 0, kAddressSpace - 1));
  region.address = static_cast<uint32_t>(address);
  region.size_bytes = TRY(integer_in(toml, "size_bytes", 1, kMaxRegionBytes - 1));
  if (region.address + region.size_bytes > kAddressSpace)
    return std::unexpected(toml.error_at(
        "size_bytes", fmt::format("{} ends beyond the 32-bit address space", region.name)));
  if (toml.has("data_address")) {
    const int64_t data =
        TRY(integer_in(toml, "data_address", 0, kAddressSpace - region.size_bytes));
    region.data_address = static_cast<uint32_t>(data);
    if (region.kind != RegionKind::flash || (region.address - *region.data_address) % 65536 != 0)
      return std::unexpected(toml.error_at(
          "data_address", "only flash has one, and in a whole number of 64 KB from 'address'"));
  }
  TRY_STATUS(read_timing(toml, region));
  region.source = TRY(line_of(toml, "source", false));
  region.note = TRY(line_of(toml, "note", false));
  TRY_STATUS(toml.no_other_keys());
  return region;
}

/// Pairs are few (kMaxRows), so each is compared with each.
Status check_regions(const Toml& toml, const std::vector<MemoryRegion>& regions) {
  const auto error = [&](std::string what) {
    return std::unexpected(toml.error_at("memory", std::move(what)));
  };
  for (const auto& [kind, word] :
       {std::pair{RegionKind::flash, "flash"}, std::pair{RegionKind::ram, "ram"}})
    if (std::ranges::find(regions, kind, &MemoryRegion::kind) == regions.end())
      return error(fmt::format("no [[memory]] of kind {}", word));
  if (regions.size() > kMaxRegions)
    return error(fmt::format("{} regions, at most {} are counted", regions.size(), kMaxRegions));
  for (size_t i = 0; i < regions.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const MemoryRegion &a = regions[j], &b = regions[i];
      if (a.name == b.name) return error(fmt::format("two regions are called {}", a.name));
      if (a.address < b.address + b.size_bytes && b.address < a.address + a.size_bytes)
        return error(fmt::format("{} (0x{:08x}, {} B) and {} (0x{:08x}, {} B) overlap", a.name,
                                 a.address, a.size_bytes, b.name, b.address, b.size_bytes));
    }
  return {};
}

/// Indices of the regions that a cache names.
Result<std::vector<size_t>> regions_of(const Toml& toml, const std::vector<MemoryRegion>& regions) {
  std::vector<std::string> names;
  for (const MemoryRegion& region : regions) names.push_back(region.name);
  std::vector<size_t> found;
  const std::vector<std::string> wanted = TRY(toml.texts("regions"));
  for (const std::string& name : wanted) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end())
      return std::unexpected(toml.error_at(
          "regions", fmt::format("no [[memory]] is called {}{}", name, did_you_mean(name, names))));
    found.push_back(static_cast<size_t>(at - names.begin()));
  }
  if (found.empty())
    return std::unexpected(toml.error_at("regions", "'regions' is missing or empty"));
  return found;
}

Status read_geometry(const Toml& toml, CacheSpec& cache) {
  if (!toml.has("line_bytes"))
    return std::unexpected(toml.error_at("line_bytes", "missing key 'line_bytes'"));
  cache.line_bytes = TRY(power_of_two(toml, "line_bytes", 256, 0));
  cache.fill_bytes = TRY(power_of_two(toml, "fill_bytes", cache.line_bytes, cache.line_bytes));
  const int64_t lines = TRY(integer_in(toml, "lines", 1, kMaxLines));
  cache.lines = static_cast<int>(lines);
  cache.ways = cache.lines;  // fully associative
  if (toml.has("ways")) {
    const int64_t ways = TRY(integer_in(toml, "ways", 1, lines));
    cache.ways = static_cast<int>(ways);
  }
  const int sets = cache.lines / cache.ways;
  if (sets * cache.ways != cache.lines || !std::has_single_bit(static_cast<unsigned>(sets)))
    return std::unexpected(toml.error_at(
        "lines",
        fmt::format("{} lines in {} ways: need a power of two of sets", lines, cache.ways)));
  if (cache.line_bytes / cache.fill_bytes > 8)
    return std::unexpected(toml.error_at("fill_bytes", "need at least an eighth of a line"));
  return {};
}

Result<CacheSpec> read_cache(const Toml& toml, const std::vector<MemoryRegion>& regions) {
  CacheSpec cache;
  cache.name = TRY(line_of(toml, "name", true));
  const std::string holds = TRY(toml.text("holds"));
  cache.code = holds == "code" || holds == "all";
  cache.data = holds == "data" || holds == "all";
  if (!cache.code && !cache.data)
    return std::unexpected(
        toml.error_at("holds", fmt::format("'holds' is '{}', need code, data or all", holds)));
  cache.regions = TRY(regions_of(toml, regions));
  TRY_STATUS(read_geometry(toml, cache));
  cache.buffer = TRY(toml.boolean("buffer", false));
  cache.prefetch = TRY(toml.boolean("prefetch", false));
  cache.misses_only = TRY(toml.boolean("misses_only", cache.lines >= kAcceleratorLines));
  cache.write_back = TRY(toml.boolean("write_back", false));
  cache.miss_cycles = TRY(cycles_of(toml, "miss_cycles", kMaxCycles));
  cache.hidden_cycles = TRY(cycles_of(toml, "hidden_cycles", kMaxCycles));
  cache.source = TRY(line_of(toml, "source", false));
  cache.miss_source = TRY(line_of(toml, "miss_source", false));
  TRY_STATUS(toml.no_other_keys());
  return cache;
}

/// A region's code, and its data, go through one cache at most.
Status check_caches(const Toml& toml, const std::vector<CacheSpec>& caches,
                    const std::vector<MemoryRegion>& regions) {
  if (caches.size() > kMaxCaches)
    return std::unexpected(toml.error_at(
        "cache", fmt::format("{} caches, at most {} are counted", caches.size(), kMaxCaches)));
  for (size_t i = 0; i < caches.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const CacheSpec &a = caches[j], &b = caches[i];
      if (!(a.code && b.code) && !(a.data && b.data)) continue;
      const auto shared = std::ranges::find_first_of(a.regions, b.regions);
      if (shared != a.regions.end())
        return std::unexpected(toml.error_at(
            "cache",
            fmt::format("{} and {} both stand before {}", a.name, b.name, regions[*shared].name)));
    }
  return {};
}

}  // namespace

std::string_view name(RegionKind kind) { return kKinds[static_cast<size_t>(kind)]; }

bool MemoryRegion::holds(uint32_t from, int64_t bytes) const {
  const auto within = [&](uint32_t begin) {
    const int64_t offset = int64_t{from} - begin;
    return offset >= 0 && bytes <= size_bytes - offset;
  };
  return within(address) || (data_address && within(*data_address));
}

std::optional<int> MemoryRegion::wait_states(int64_t clock_hz) const {
  for (const WaitStates& step : waits)
    if (clock_hz <= step.max_clock_hz) return step.wait_states;
  return std::nullopt;
}

bool MemoryRegion::timing_known(int64_t clock_hz) const {
  return serial || wait_states(clock_hz) || (kind != RegionKind::flash && waits.empty());
}

Result<std::vector<MemoryRegion>> read_regions(const Toml& toml) {
  std::vector<MemoryRegion> regions;
  const std::vector<Toml> tables = TRY(rows(toml, "memory"));
  for (const Toml& row : tables) {
    MemoryRegion region = TRY(read_region(row));
    regions.push_back(std::move(region));
  }
  TRY_STATUS(check_regions(toml, regions));
  return regions;
}

Result<std::vector<CacheSpec>> read_caches(const Toml& toml,
                                           const std::vector<MemoryRegion>& regions) {
  std::vector<CacheSpec> caches;
  const std::vector<Toml> tables = TRY(rows(toml, "cache"));
  for (const Toml& row : tables) {
    CacheSpec cache = TRY(read_cache(row, regions));
    caches.push_back(std::move(cache));
  }
  TRY_STATUS(check_caches(toml, caches, regions));
  return caches;
}

}  // namespace assay
