// Any bytes as a target file: an error or a target whose numbers can be worked with, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hw/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto target = assay::read_target({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!target) return 0;
  if (target->flash_bytes() <= 0 || target->ram_bytes() <= 0 || target->gcc_flags().empty())
    __builtin_trap();
  for (const assay::MemoryRegion& region : target->regions)
    if (region.wait_states(target->clock_hz).value_or(0) < 0) __builtin_trap();
  return 0;
}
