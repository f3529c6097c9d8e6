// What differs between Arm, RISC-V ... in decoding, building and loading. One file of hw/ and a
// line in isa_families.def each; firmware/NAME.c and firmware/NAME.h start its parts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hw/decode.h"

namespace assay {

struct Target;

struct IsaFamily {
  std::string_view name;                   ///< "arm"
  std::span<const std::string_view> isas;  ///< what `isa` may say in data/cores/
  uint16_t elf_machine = 0;                ///< e_machine of its ELF files
  bool odd_function_addresses = false;     ///< a symbol's lowest bit is the instruction set, not
                                           ///< the address
  bool untyped_functions = false;          ///< its libraries' assembly does not type its functions
  uint8_t stack_pointer = 0;               ///< its bit in Insn's register sets

  bool program_memory_apart = false;   ///< constants in flash are an address space of their own
  int64_t stack_reserve_bytes = 1024;  ///< an image with less room for the stack does not link
  int64_t largest_object_bytes = int64_t{1} << 30;     ///< that the compiler takes
  int64_t largest_constants_bytes = int64_t{1} << 32;  ///< that its pointers reach, all together

  std::string_view c_standard = "c99";
  std::string_view gcc;           ///< the default compiler: "arm-none-eabi-gcc"
  std::string_view packages;      ///< Debian's, for people
  std::string_view entry;         ///< the symbol that a debugger starts at
  std::string_view link_symbols;  ///< lines for the linker script

  /// Whether a compiler whose -dumpmachine says this makes code for it.
  bool (*makes_code_for)(std::string_view machine) = nullptr;
  /// -mcpu, -march and the like, for compiling and linking.
  std::vector<std::string> (*machine_flags)(const Target& target) = nullptr;
  /// Which C library; `small` where size matters more than speed.
  std::vector<std::string> (*library_flags)(bool small) = nullptr;

  std::vector<Insn> (*decode)(std::span<const std::byte> code, uint32_t address,
                              std::string_view isa) = nullptr;
  uint8_t (*instruction_bytes)(const std::byte* code) = nullptr;  ///< by its first halfword
  std::string (*mnemonic)(std::span<const std::byte> code, uint32_t address,
                          std::string_view isa) = nullptr;
};

#define ASSAY_ISA_FAMILY(id) extern const IsaFamily id##_family;
#include "hw/isa_families.def"
#undef ASSAY_ISA_FAMILY

std::span<const IsaFamily* const> isa_families();

/// The family of a core's `isa`; the first for one that none knows (read_core lets none through).
const IsaFamily& isa_family(std::string_view isa);

/// All that a core file may say.
std::vector<std::string> all_isas();

}  // namespace assay
