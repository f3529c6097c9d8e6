// What of a target the timing model reads, compared field by field.
//
// Not handled: where an image's code and data stand in these memories, which --place changes.
#include "hw/timed_alike.h"

#include <algorithm>

namespace assay {
namespace {

bool same_waits(const WaitStates& a, const WaitStates& b) {
  return a.max_clock_hz == b.max_clock_hz && a.wait_states == b.wait_states;
}

bool same_serial(const std::optional<SerialBus>& a, const std::optional<SerialBus>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->clock_hz == b->clock_hz && a->command_clocks == b->command_clocks &&
         a->clocks_per_byte == b->clocks_per_byte;
}

bool same_region(const MemoryRegion& a, const MemoryRegion& b) {
  return a.kind == b.kind && a.address == b.address && a.data_address == b.data_address &&
         std::ranges::equal(a.waits, b.waits, same_waits) && a.clock_divider == b.clock_divider &&
         a.read_bytes == b.read_bytes && a.bus_bytes == b.bus_bytes &&
         same_serial(a.serial, b.serial) && a.tightly_coupled == b.tightly_coupled &&
         a.data_read_cycles == b.data_read_cycles && a.far_address == b.far_address &&
         a.far_read_cycles == b.far_read_cycles;
}

bool same_cache(const CacheSpec& a, const CacheSpec& b) {
  return a.code == b.code && a.data == b.data && a.regions == b.regions &&
         a.line_bytes == b.line_bytes && a.fill_bytes == b.fill_bytes && a.lines == b.lines &&
         a.ways == b.ways && a.buffer == b.buffer && a.prefetch == b.prefetch &&
         a.misses_only == b.misses_only && a.write_back == b.write_back &&
         a.miss_cycles == b.miss_cycles && a.hidden_cycles == b.hidden_cycles;
}

}  // namespace

bool timed_alike(const Target& a, const Target& b) {
  return a.core == b.core && a.clock_hz == b.clock_hz &&
         std::ranges::equal(a.regions, b.regions, same_region) &&
         std::ranges::equal(a.caches, b.caches, same_cache);
}

bool timed_as_shipped(const Target& target) {
  Result<Target> shipped = load_target(target.name);
  if (!shipped || shipped->part != target.part) shipped = load_target(target.part);
  return shipped && timed_alike(*shipped, target);
}

}  // namespace assay
