// A firmware image of any kind, as a programmer would write it: ELF, Intel HEX, S-records or raw.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "measure/elf.h"

namespace assay {

class Machine;

struct FirmwareImage {
  std::string format;           ///< "ELF", "Intel HEX", "S-records", "raw"
  ElfFile elf;                  ///< of the others: segments, a code section for each, no symbols
  std::vector<std::byte> file;  ///< what `elf` views
  std::deque<std::vector<std::byte>> pieces;
  std::optional<uint32_t> vector_table;
  std::string why_no_table;  ///< of an ELF that has one, but for another part
};

/// `base` is where a raw image stands; without it, at the beginning of the target's flash. The kind
/// is told from the first bytes. Errors: input; unsupported (an ELF for another architecture).
Result<FirmwareImage> read_image(std::vector<std::byte> file, const Target& target,
                                 std::optional<uint32_t> base);

/// The section that holds the vector table by its name; nullptr if none does.
const ElfSection* vector_section(const ElfFile& elf);

/// Writes an image where a programmer would; `initialised`: data also where start-up code would
/// copy it. Error: input (bytes that are in no memory of the target).
Status load_image(Machine& machine, const ElfFile& elf, bool initialised);

}  // namespace assay
