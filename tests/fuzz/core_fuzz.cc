// Any text as a core file: it is read, or refused with words.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "hw/core.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto core = assay::read_core(text, "fuzz.toml");
  if (!core && core.error().what.empty()) std::abort();
  return 0;
}
