// Any bytes as a firmware image of any kind: read or refused with words, and what is read keeps to
// the bytes that were given.
#include <cstdint>
#include <cstdlib>

#include "measure/image.h"

namespace {

using namespace assay;

Target part() {
  Target target;
  target.name = "part";
  target.regions.resize(2);
  target.regions[0].name = "FLASH";
  target.regions[0].kind = RegionKind::flash;
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
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const Result<FirmwareImage> image = read_image({begin, begin + size}, target, std::nullopt);
  if (!image) {
    if (image.error().what.empty()) std::abort();
    return 0;
  }
  size_t bytes = 0;
  for (const ElfSegment& segment : image->elf.segments) bytes += segment.bytes.size();
  if (image->format != "ELF" && bytes > size) std::abort();
  return 0;
}
