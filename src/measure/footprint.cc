// Bytes of an image by class and by region.
//
// Our own linker script makes each class an output section, so a section's name decides; an image
// linked otherwise lands in `other`. What flash holds beyond the sections (alignment gaps inside a
// segment) is `other` too, so that the classes sum to flash_bytes. The stack's reserve is not
// counted: what the stack takes is measured.
#include <algorithm>

#include "measure/elf.h"

namespace assay {
namespace {

constexpr std::string_view kStackSection = ".stack", kArenaSection = ".arena";
constexpr std::string_view kNoBytes = ".code_room";  ///< addresses that the linker script skips

struct FlashClass {
  std::string_view section;
  int64_t Footprint::*bytes;
};
constexpr FlashClass kFlashClasses[] = {
    {".vectors", &Footprint::startup_bytes},  {".startup", &Footprint::startup_bytes},
    {".copies", &Footprint::startup_bytes},   {".libc", &Footprint::libc_bytes},
    {".model", &Footprint::model_code_bytes}, {".startup_data", &Footprint::startup_bytes},
    {".libc_data", &Footprint::libc_bytes},   {".kernels", &Footprint::kernels_bytes},
    {".weights", &Footprint::weights_bytes},  {".tables", &Footprint::tables_bytes},
};

/// Which of the target's regions holds [address, address + bytes); -1 if none does.
int region_at(const Target& target, uint32_t address, int64_t bytes) {
  for (size_t i = 0; i < target.regions.size(); ++i)
    if (target.regions[i].holds(address, bytes)) return static_cast<int>(i);
  return -1;
}

/// Counts a section that stands in flash, or the RAM that it takes; both, if --place moved it.
void count(const ElfSection& section, bool in_flash, Footprint& out) {
  const auto known = std::ranges::find(kFlashClasses, section.name, &FlashClass::section);
  const bool placed = !in_flash && known != std::end(kFlashClasses);
  if (placed) out.bss_bytes += section.bytes;
  if (in_flash || placed) {
    out.*(known == std::end(kFlashClasses) ? &Footprint::other_bytes : known->bytes) +=
        section.bytes;
  } else if (section.name == kArenaSection) {
    out.arena_bytes += section.bytes;
  } else {
    (section.has_bytes ? out.data_bytes : out.bss_bytes) += section.bytes;
  }
}

}  // namespace

Result<Footprint> footprint(const ElfFile& elf, const Target& target) {
  Footprint out;
  for (const MemoryRegion& region : target.regions)
    out.regions.push_back({region.name, region.kind, 0, region.size_bytes});
  for (const ElfSegment& segment : elf.segments) {
    const auto bytes = static_cast<int64_t>(segment.bytes.size());
    if (bytes == 0) continue;
    const int index = region_at(target, segment.load_address, bytes);
    if (index < 0)
      return fail(ErrorKind::input, "{} bytes to be loaded at 0x{:08x} lie in no region of {}",
                  bytes, segment.load_address, target.name);
    out.regions[index].used_bytes += bytes;
    if (target.regions[index].kind == RegionKind::flash) out.flash_bytes += bytes;
  }
  int64_t in_sections = 0;
  for (const ElfSection& section : elf.sections) {
    if (!section.allocated || section.bytes == 0) continue;
    if (section.name == kStackSection || section.name == kNoBytes) continue;
    const int index = region_at(target, section.address, section.bytes);
    if (index < 0)
      return fail(ErrorKind::input, "section '{}': {} bytes at 0x{:08x} lie in no region of {}",
                  section.name, section.bytes, section.address, target.name);
    const bool in_flash = target.regions[index].kind == RegionKind::flash;
    count(section, in_flash, out);
    const bool loaded_elsewhere = section.has_bytes && section.load_address != section.address;
    if (in_flash || loaded_elsewhere) in_sections += section.bytes;
    // A segment's own bytes are counted above, where they are loaded.
    if (!in_flash && (loaded_elsewhere || !section.has_bytes))
      out.regions[index].used_bytes += section.bytes;
  }
  out.other_bytes += std::max<int64_t>(0, out.flash_bytes - in_sections);
  out.code_bytes = out.kernels_bytes + out.model_code_bytes + out.startup_bytes + out.libc_bytes +
                   out.other_bytes;
  out.constant_bytes = out.weights_bytes + out.tables_bytes;
  return out;
}

}  // namespace assay
