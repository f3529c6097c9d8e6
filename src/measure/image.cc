// Which kind of file it is, and where its vector table stands.
//
// A table is believed if its first word is the end of some RAM or within it and its second leads,
// with the Thumb bit, into the image: looked for in sections named as vectors, at the beginning of
// each segment, then at every 256 bytes of the first 64 KiB of each.
#include "measure/image.h"

#include <algorithm>
#include <cstring>

#include "measure/hex_image.h"

namespace assay {
namespace {

constexpr uint32_t kTableStep = 256, kTableSearch = 65536;

std::optional<uint32_t> word_at(const ElfFile& elf, uint32_t address) {
  for (const ElfSegment& segment : elf.segments) {
    const uint64_t offset = uint64_t{address} - segment.load_address;
    if (address < segment.load_address || offset + 4 > segment.bytes.size()) continue;
    uint32_t word = 0;
    std::memcpy(&word, segment.bytes.data() + offset, sizeof word);
    return word;
  }
  return std::nullopt;
}

bool holds_code(const ElfFile& elf, uint32_t address) {
  return std::ranges::any_of(elf.segments, [&](const ElfSegment& segment) {
    return address >= segment.load_address &&
           uint64_t{address} + 2 <= uint64_t{segment.load_address} + segment.bytes.size();
  });
}

bool is_vector_table(const ElfFile& elf, const Target& target, uint32_t address) {
  const auto sp = word_at(elf, address), reset = word_at(elf, address + 4);
  if (!sp || !reset || *sp % 4 != 0 || (*reset & 1) == 0 || !holds_code(elf, *reset & ~1u))
    return false;
  return std::ranges::any_of(target.regions, [&](const MemoryRegion& region) {
    return region.kind == RegionKind::ram && *sp > region.address &&
           *sp <= region.address + region.size_bytes;
  });
}

std::optional<uint32_t> find_vector_table(const ElfFile& elf, const Target& target) {
  std::vector<uint32_t> candidates;
  for (const ElfSection& section : elf.sections)
    if (section.name.find("vector") != std::string::npos) candidates.push_back(section.address);
  for (const ElfSegment& segment : elf.segments) candidates.push_back(segment.load_address);
  for (const ElfSegment& segment : elf.segments)
    for (uint32_t offset = 0; offset < std::min<size_t>(kTableSearch, segment.bytes.size());
         offset += kTableStep)
      candidates.push_back(segment.load_address + offset);
  for (const uint32_t candidate : candidates)
    if (is_vector_table(elf, target, candidate)) return candidate;
  return std::nullopt;
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

}  // namespace

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
    const auto flash = std::ranges::find(target.regions, RegionKind::flash, &MemoryRegion::kind);
    const auto start = flash->address + static_cast<uint32_t>(target.image_offset_bytes);
    add_piece(image, base.value_or(start), image.file);
  }
  image.vector_table = find_vector_table(image.elf, target);
  return image;
}

}  // namespace assay
