// Memories and caches of a part as data: [[memory]] and [[cache]] of data/targets (data/README.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/result.h"
#include "util/toml.h"

namespace assay {

/// Up to `max_clock_hz` the region needs `wait_states` more cycles an access.
struct WaitStates {
  int64_t max_clock_hz = 0;  ///< of the core
  int wait_states = 0;       ///< of the memory's bus: `clock_divider` core cycles each
};

/// `code_ram` (ITCM): takes what --place puts there; data, arena and stack never go there by
/// themselves.
enum class RegionKind { flash, ram, code_ram };

std::string_view name(RegionKind kind);  ///< "code_ram": the word of the files

/// A memory behind SPI, read through a cache: what one access takes.
struct SerialBus {
  int64_t clock_hz = 0;
  double command_clocks = 0;   ///< command, address, mode and dummy clocks before the first data
  double clocks_per_byte = 0;  ///< 2 at four bits a clock
  std::string source;
};

/// One range of addresses that the linker may use.
struct MemoryRegion {
  std::string name;  ///< as the manual calls it, for the linker: "FLASH", "DTCM", "AXI_SRAM"
  RegionKind kind = RegionKind::flash;
  uint32_t address = 0;
  int64_t size_bytes = 0;
  std::optional<uint32_t> data_address;  ///< where loads see the same bytes, if not at `address`
  std::vector<WaitStates> waits;         ///< by rising clock; empty: not known
  int clock_divider = 1;  ///< core cycles in a cycle of the bus that the region hangs on
  int read_bytes = 4;     ///< that one read of the memory gives, and wait states buy
  int bus_bytes = 4;      ///< that arrive in a cycle of the bus
  std::optional<SerialBus> serial;
  bool tightly_coupled = false;         ///< TCM, CCM: next to the core, past all caches
  double data_read_cycles = 0;          ///< more for each read of data: the bus that fetches share
  std::optional<uint32_t> far_address;  ///< from here on ...
  double far_read_cycles = 0;           ///< ... each read of data takes so many cycles more
  std::string source;                   ///< of address and size
  std::string waits_source, read_source, data_read_source, far_source;
  std::string note;  ///< "" or what firmware must do first: "needs RCC_AHB2ENR.SRAM1EN"

  /// Whether [from, from + bytes) lies in it, by either of its addresses.
  bool holds(uint32_t from, int64_t bytes) const;
  /// Wait states at that clock; nothing if the file does not say.
  std::optional<int> wait_states(int64_t clock_hz) const;
  /// Whether the file says how long the region takes to answer at that clock. RAM without `waits`
  /// answers at once.
  bool timing_known(int64_t clock_hz) const;
};

/// What stands between the core and some regions: a cache, an accelerator's lines, a prefetch
/// buffer.
struct CacheSpec {
  std::string name;  ///< as Counts::caches and the page call it: "ICACHE", "ART I-lines"
  bool code = false, data = false;     ///< whose accesses it holds
  std::vector<size_t> regions;         ///< of Target::regions
  int line_bytes = 0, fill_bytes = 0;  ///< a line; what a miss reads of it
  int lines = 0, ways = 0;
  bool buffer = false;       ///< part of the flash interface: its misses are waits for flash
  bool prefetch = false;     ///< of code: reads the next line while one is used
  bool misses_only = false;  ///< with prefetch: what was read ahead in time does not enter it
  bool write_back = false;   ///< holds what is stored, allocates on stores
  double miss_cycles = 0;    ///< of a miss, beyond what the memory takes
  double hidden_cycles = 0;  ///< of a load's wait, which the core does not notice
  std::string source, miss_source;
};

/// [[memory]] and [[cache]] of a target's table, checked among themselves.
Result<std::vector<MemoryRegion>> read_regions(const Toml& toml);
Result<std::vector<CacheSpec>> read_caches(const Toml& toml,
                                           const std::vector<MemoryRegion>& regions);

}  // namespace assay
