// Any bytes as a peripheral file: an error with words or a map that can be worked with.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hw/peripherals.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto map =
      assay::read_peripherals({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!map) {
    if (map.error().what.empty()) std::abort();
    return 0;
  }
  for (const assay::PeripheralRegister& reg : map->registers)
    for (const assay::FollowingBits& bits : reg.follow)
      if (bits.bit + bits.bits > 32 || bits.of + bits.bits > 32) std::abort();
  return 0;
}
