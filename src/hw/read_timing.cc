// From a region's facts to when its bytes arrive.
//
// Parallel memory: a read takes one cycle of its bus and the wait states, and gives read_bytes; the
// bus carries them in transfers of bus_bytes. Serial memory: the command, then byte after byte.
#include "hw/read_timing.h"

#include <bit>
#include <cmath>

namespace assay {
namespace {

ReadTiming serial_timing(const MemoryRegion& region, int64_t clock_hz) {
  const SerialBus& serial = *region.serial;
  const double clock = static_cast<double>(clock_hz) / static_cast<double>(serial.clock_hz) *
                       static_cast<double>(kCycle);
  ReadTiming timing;
  timing.lead = std::llround(serial.command_clocks * clock);
  timing.read = timing.beat = std::llround(serial.clocks_per_byte * region.bus_bytes * clock);
  return timing;
}

}  // namespace

ReadTiming read_timing(const MemoryRegion& region, int64_t clock_hz) {
  ReadTiming timing;
  if (region.serial) {
    timing = serial_timing(region, clock_hz);
  } else {
    const int64_t bus_cycle = kCycle * region.clock_divider;
    timing.read = bus_cycle * (1 + region.wait_states(clock_hz).value_or(0));
    timing.beat = bus_cycle;
  }
  const auto log2 = [](int64_t bytes) {
    return static_cast<uint32_t>(std::countr_zero(static_cast<uint64_t>(bytes)));
  };
  timing.beat_shift = log2(region.bus_bytes);
  timing.read_shift = log2(region.serial ? region.bus_bytes : region.read_bytes);
  return timing;
}

}  // namespace assay
