// Any bytes as an ELF file: they are read or refused with words, and what is read keeps to the
// file: every view lies within it, its symbols are found, its footprint is taken or refused.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "measure/elf.h"

namespace {

using namespace assay;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "elf_fuzz: %s\n", what);
  std::abort();
}

Target part() {
  Target target;
  target.name = "part";
  target.regions.resize(2);
  target.regions[0].name = "FLASH";
  target.regions[0].address = 0x08000000;
  target.regions[0].size_bytes = 1 << 21;
  target.regions[1].name = "RAM";
  target.regions[1].kind = RegionKind::ram;
  target.regions[1].address = 0x20000000;
  target.regions[1].size_bytes = 655360;
  return target;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Target target = part();
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const Result<ElfFile> elf = read_elf(bytes);
  if (!elf) {
    require(!elf.error().what.empty(), "refused without words");
    return 0;
  }
  unsigned sum = 0;
  for (const ElfSegment& segment : elf->segments)
    for (const std::byte b : segment.bytes) sum += std::to_integer<unsigned>(b);
  require(sum < 1u << 31, "a segment's bytes cannot be summed");
  for (const ElfSymbol& symbol : elf->symbols)
    require(elf->find(symbol.name) != nullptr, "a symbol is not found by its name");
  const Result<Footprint> sizes = footprint(*elf, target);
  if (!sizes) require(!sizes.error().what.empty(), "a footprint refused without words");
  return 0;
}
