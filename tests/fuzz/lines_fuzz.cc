// Any bytes as an image with DWARF: lines are read or refused with words, and every address has an
// answer.
#include <cstdint>
#include <cstdlib>

#include "measure/source_lines.h"

using namespace assay;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  const Result<SourceLines> lines = SourceLines::read(bytes);
  if (!lines) {
    if (lines.error().what.empty()) std::abort();
    return 0;
  }
  for (uint32_t address = 0x08000100; address < 0x08000200; address += 2) {
    if (const auto line = lines->at(address); line && line->line <= 0) std::abort();
    if (lines->inlined_at(address).size() > 1000) std::abort();
  }
  return 0;
}
