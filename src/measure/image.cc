// Which kind of file it is, and where its vector table stands.
//
// A table is believed if its first word is the end of some RAM or within it and its second leads,
// with the Thumb bit, into the image: looked for in sections named as vectors, at the beginning of
// each segment, then at every 256 bytes of the first 64 KiB of each. A raw image begins where the
// target's images do, or at the start of flash if it holds the boot loader as well.
#include "measure/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "measure/hex_image.h"
#include "measure/machine.h"

namespace assay {
namespace {

constexpr uint32_t kTableStep = 256, kTableSearch = 65536;

/// Segments by address, so that many of them are searched in short time.
class Contents {
 public:
  explicit Contents(const ElfFile& elf) {
    for (const ElfSegment& segment : elf.segments)
      if (!segment.bytes.empty()) segments_.push_back(&segment);
    std::ranges::stable_sort(segments_, {}, &ElfSegment::load_address);
  }

  std::optional<uint32_t> word_at(uint32_t address) const {
    const std::span<const std::byte> bytes = from(address);
    if (bytes.size() < sizeof(uint32_t)) return std::nullopt;
    uint32_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    return word;
  }

  bool holds_code(uint32_t address) const { return from(address).size() >= 2; }

 private:
  /// What stands at the address and after it in the same segment.
  std::span<const std::byte> from(uint32_t address) const {
    const auto after = std::ranges::upper_bound(segments_, address, {}, &ElfSegment::load_address);
    if (after == segments_.begin()) return {};
    const ElfSegment& segment = **(after - 1);
    const std::span<const std::byte> bytes = segment.bytes;
    return bytes.subspan(std::min<size_t>(address - segment.load_address, bytes.size()));
  }

  std::vector<const ElfSegment*> segments_;
};

/// Whether it is a table but for its stack, which some other part may have.
bool leads_into_code(const Contents& contents, uint32_t address) {
  const auto sp = contents.word_at(address), reset = contents.word_at(address + 4);
  return sp && reset && *sp != 0 && *sp % 4 == 0 && (*reset & 1) != 0 &&
         contents.holds_code(*reset & ~1u);
}

bool is_in_ram(const Target& target, uint32_t sp) {
  return std::ranges::any_of(target.regions, [&](const MemoryRegion& region) {
    return region.kind == RegionKind::ram && sp > region.address &&
           sp <= region.address + region.size_bytes;
  });
}

/// "SRAM1 from 0x20000000 to 0x20030000"
std::string rams_of(const Target& target) {
  std::string text;
  for (const MemoryRegion& region : target.regions)
    if (region.kind == RegionKind::ram)
      text += fmt::format("{}{} from 0x{:08x} to 0x{:08x}", text.empty() ? "" : ", ", region.name,
                          region.address, region.address + region.size_bytes);
  return text;
}

/// Sections named as vectors, then where segments begin.
std::vector<uint32_t> likely_tables(const ElfFile& elf) {
  std::vector<uint32_t> tables;
  if (const ElfSection* section = vector_section(elf)) tables.push_back(section->load_address);
  for (const ElfSegment& segment : elf.segments) tables.push_back(segment.load_address);
  return tables;
}

void find_vector_table(FirmwareImage& image, const Target& target) {
  const ElfFile& elf = image.elf;
  const Contents contents(elf);
  const std::vector<uint32_t> likely = likely_tables(elf);
  std::vector<uint32_t> candidates = likely;
  for (const ElfSegment& segment : elf.segments)
    for (uint32_t offset = 0; offset < std::min<size_t>(kTableSearch, segment.bytes.size());
         offset += kTableStep)
      candidates.push_back(segment.load_address + offset);
  for (const uint32_t candidate : candidates) {
    if (!leads_into_code(contents, candidate)) continue;
    if (!is_in_ram(target, *contents.word_at(candidate))) continue;
    image.vector_table = candidate;
    return;
  }
  for (const uint32_t candidate : likely) {
    if (image.format != "ELF" || !leads_into_code(contents, candidate)) continue;
    image.why_no_table = fmt::format(
        "its vector table at 0x{:08x} sets the stack to 0x{:08x}, which is in no RAM of {}: {}",
        candidate, *contents.word_at(candidate), target.name, rams_of(target));
    return;
  }
}

void add_piece(FirmwareImage& image, uint32_t address, std::vector<std::byte> bytes) {
  const std::vector<std::byte>& kept = image.pieces.emplace_back(std::move(bytes));
  const auto size = static_cast<int64_t>(kept.size());
  image.elf.segments.push_back({address, address, kept, size});
  image.elf.sections.push_back({"image", address, address, size, true, false, true, true});
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Status read_pieces(FirmwareImage& image) {
  const std::string_view text = text_of(image.file);
  const bool intel = text.starts_with(':');
  image.format = intel ? "Intel HEX" : "S-records";
  for (HexPiece& piece : TRY(intel ? read_intel_hex(text) : read_s_records(text)))
    add_piece(image, piece.address, std::move(piece.bytes));
  return {};
}

bool is_s_record(std::string_view text) {
  return text.size() > 4 && text[0] == 'S' && text[1] >= '0' && text[1] <= '9' &&
         text.substr(0, 64).find('\n') != std::string_view::npos;
}

/// Whether the image's table is where the target's images have theirs, if the file begins here.
bool fits_at(uint32_t begin, std::span<const std::byte> file, uint32_t table,
             const Target& target) {
  ElfFile placed;
  placed.segments.push_back({begin, begin, file, static_cast<int64_t>(file.size())});
  const Contents contents(placed);
  return leads_into_code(contents, table) && is_in_ram(target, *contents.word_at(table));
}

/// Where a raw image begins: after the boot loader's bytes, or at the start of flash with them.
uint32_t raw_start(std::span<const std::byte> file, const Target& target) {
  const auto flash = std::ranges::find(target.regions, RegionKind::flash, &MemoryRegion::kind);
  const auto table = flash->address + static_cast<uint32_t>(target.image_offset_bytes);
  const bool holds_boot =
      !fits_at(table, file, table, target) && fits_at(flash->address, file, table, target);
  return holds_boot ? flash->address : table;
}

}  // namespace

const ElfSection* vector_section(const ElfFile& elf) {
  for (const std::string_view name : {".vectors", ".isr_vector", "vector"})
    for (const ElfSection& section : elf.sections)
      if (section.name.find(name) != std::string::npos) return &section;
  return nullptr;
}

Status load_image(Machine& machine, const ElfFile& elf, bool initialised) {
  for (const ElfSegment& segment : elf.segments) {
    if (segment.bytes.empty()) continue;
    if (!machine.write(segment.load_address, segment.bytes))
      return fail(ErrorKind::input,
                  "its bytes at 0x{:08x} to 0x{:08x} are in no memory of the target",
                  segment.load_address, segment.load_address + segment.bytes.size());
    if (initialised && segment.run_address != segment.load_address)
      machine.write(segment.run_address, segment.bytes);
  }
  return {};
}

Result<FirmwareImage> read_image(std::vector<std::byte> file, const Target& target,
                                 std::optional<uint32_t> base) {
  FirmwareImage image;
  image.file = std::move(file);
  const std::string_view text = text_of(image.file);
  if (text.empty()) return fail(ErrorKind::input, "the file is empty");
  if (text.starts_with("\x7f"
                       "ELF")) {
    image.format = "ELF";
    image.elf = TRY(read_elf(image.file));
    const IsaFamily& family = isa_family(target.isa);
    if (image.elf.family != &family)
      return fail(ErrorKind::input, "its code is for {}, but {} is {}", image.elf.family->name,
                  target.name, family.name);
  } else if (text.starts_with(':') || is_s_record(text)) {
    TRY_STATUS(in(read_pieces(image), "{}", text.starts_with(':') ? "Intel HEX" : "S-records"));
  } else {
    image.format = "raw";
    add_piece(image, base.value_or(raw_start(image.file, target)), image.file);
  }
  if (image.elf.entry == 0 && image.format != "ELF")
    image.elf.entry = image.elf.segments.front().run_address;
  if (isa_family(target.isa).name == "arm") find_vector_table(image, target);
  return image;
}

}  // namespace assay
