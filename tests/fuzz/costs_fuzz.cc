// Any text as a table of costs: it is read, or refused with words.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "estimate/cost_table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = assay::read_cost_table(text, "fuzz.costs");
  if (!table && table.error().what.empty()) std::abort();
  return 0;
}
