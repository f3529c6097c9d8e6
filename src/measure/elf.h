// What an ELF file says: bytes by region and class, symbols. Hostile until checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hw/isa_family.h"
#include "hw/target.h"
#include "util/result.h"

namespace assay {

struct ElfSegment {
  uint32_t load_address = 0;         ///< where it is stored (flash, for .data)
  uint32_t run_address = 0;          ///< where it is used
  std::span<const std::byte> bytes;  ///< as stored
  int64_t memory_bytes = 0;          ///< with zero fill
};

struct ElfSection {
  std::string name;
  uint32_t address = 0;
  uint32_t load_address = 0;
  int64_t bytes = 0;
  bool allocated = false, writable = false, executable = false, has_bytes = false;
};

struct ElfSymbol {
  std::string name;
  uint32_t address = 0;  ///< Thumb bit cleared
  int64_t bytes = 0;
  bool is_function = false;
};

struct ElfFile {
  std::span<const std::byte> file;    ///< all of it
  const IsaFamily* family = nullptr;  ///< whose machine code it holds
  uint32_t entry = 0;
  std::vector<ElfSegment> segments;
  std::vector<ElfSection> sections;
  std::vector<ElfSymbol> symbols;  ///< by address

  const ElfSymbol* find(std::string_view name) const;
  /// The function of that name, or GCC's clone of it: "f.isra.0", "f.constprop.0", "f.lto_priv.0".
  const ElfSymbol* find_function(std::string_view name) const;
};

/// Views into `bytes`, which must outlive it. Errors: input, naming section or segment.
Result<ElfFile> read_elf(std::span<const std::byte> bytes);

/// Bytes of the image. Every allocated byte is in exactly one class.
struct Footprint {
  int64_t flash_bytes = 0;     ///< loaded into flash, .data's initialisers included
  int64_t code_bytes = 0;      ///< flash without constants: kernels, model code, start-up, libc
  int64_t constant_bytes = 0;  ///< weights + tables of the model
  int64_t weights_bytes = 0, tables_bytes = 0;
  int64_t kernels_bytes = 0, model_code_bytes = 0, startup_bytes = 0, libc_bytes = 0,
          other_bytes = 0;
  int64_t data_bytes = 0, bss_bytes = 0;  ///< static RAM without the arena and the stack
  int64_t arena_bytes = 0;
  struct Region {
    std::string name;
    RegionKind kind;
    int64_t used_bytes = 0, size_bytes = 0;
  };
  std::vector<Region> regions;
};

Result<Footprint> footprint(const ElfFile& elf, const Target& target);

}  // namespace assay
