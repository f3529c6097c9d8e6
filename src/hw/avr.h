// Where an AVR instruction finds its operand in memory: an emulator without memory hooks asks this
// before it runs the instruction.
#pragma once

#include <cstdint>
#include <span>

#include "hw/decode.h"

namespace assay {

/// Data addresses in ELF files and target files: program memory is at 0, data memory here (as GNU
/// ld has it for AVR).
constexpr uint32_t kAvrData = 0x800000;

struct AvrAccess {
  enum Kind : uint8_t {
    none,
    pointer,        ///< data memory, by a pair of registers
    direct,         ///< data memory at `offset`
    code,           ///< program memory, by Z
    extended_code,  ///< program memory, by RAMPZ and Z
    push,
    pop,
    call,  ///< pushes a return address: 2 bytes, 3 where program memory has more than 128 KB
    ret,
    sets_sp,  ///< writes SPL
  };
  Kind kind = none;
  bool is_store = false;
  uint8_t low_register = 0;  ///< of the pair: 26, 28, 30
  int32_t offset = 0;        ///< added to the pointer before use, or the address itself
};

/// Of the instruction that begins `code`; a two-word one is seen whole.
AvrAccess avr_access(std::span<const std::byte> code);

}  // namespace assay
