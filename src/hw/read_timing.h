// When the bytes of a read arrive from one memory at one clock. In sixteenths of a core cycle.
#pragma once

#include <cstdint>

#include "hw/memory.h"

namespace assay {

constexpr int64_t kCycle = 16;  ///< sixteenths

struct ReadTiming {
  int64_t lead = 0;       ///< before the first read: the command of a serial memory
  int64_t read = kCycle;  ///< one read of the memory
  int64_t beat = kCycle;  ///< each further transfer of what was read
  uint32_t beat_shift = 2,
           read_shift = 2;  ///< the bytes of a transfer, and of a read, as powers of 2

  /// From the request until the transfer that is `bytes_before` into the burst has arrived.
  int64_t arrival(uint32_t bytes_before) const {
    const uint32_t reads = bytes_before >> read_shift;
    const uint32_t within = (bytes_before - (reads << read_shift)) >> beat_shift;
    return lead + read * (reads + 1) + beat * within;
  }
  /// Nothing to wait for: the cycle that the core's own timing counts is enough.
  bool immediate() const { return lead == 0 && read <= kCycle; }
};

/// Of a region while the core runs at `clock_hz`; immediate where the region's timing is not known.
ReadTiming read_timing(const MemoryRegion& region, int64_t clock_hz);

}  // namespace assay
