// Machine code to what the timing model needs to know of each instruction. Knows no emulator.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hw/core.h"

namespace assay {

/// What of the arithmetic unit an `alu` or `move` instruction uses; pipelines treat them apart.
enum class AluKind : uint8_t {
  add,       ///< ADD, SUB, CMP, MOV
  logic,     ///< AND, ORR, EOR, BIC, MVN, TST, and ADC, SBC
  shift,     ///< LSL, LSR, ASR, ROR as instructions of their own
  bitfield,  ///< UBFX, BFI, REV, RBIT
  extend,    ///< UXTB, SXTH, CLZ
  pack,      ///< PKHBT, extend and add
  dsp,       ///< SIMD, saturation
  word,      ///< AVR: 16 bits at once, ADIW, SBIW
};

/// One instruction. Register sets are bit masks: 0-15 the core's, 16-47 s0-s31, 48 the flags,
/// 49 the vector predicate; q0 is s0-s3.
struct Insn {
  uint32_t address = 0;
  uint8_t size = 2;  ///< bytes
  InsnClass cls = InsnClass::unknown;
  AluKind kind = AluKind::add;
  uint64_t reads = 0, writes = 0;
  uint64_t address_reads = 0;     ///< registers that form a load's or store's address
  uint64_t shifted_reads = 0;     ///< that are shifted, or have bits extracted
  uint8_t loads = 0, stores = 0;  ///< transfers to or from memory (words of LDM, LDRD count each)
  uint8_t macs = 0;               ///< multiply-accumulates: 1 for MLA, 2 for SMLAD
  uint64_t accumulator = 0;       ///< those of `reads` that are only added at the end: MLA's ra
  bool writeback = false;         ///< a load's or store's base register is updated
  uint8_t access_bytes = 0;       ///< of one transfer: 1, 2, 4
  int32_t offset_bytes = 0;       ///< from the base register, where it is a constant; of a
                                  ///< conditional branch, from itself
  int32_t stack_drop_bytes =
      0;                      ///< by how much it lowers sp, where that is static; PUSH {r4,lr} is 8
  bool ends_block = false;    ///< branch, call, return, BKPT
  bool conditional = false;   ///< a conditional branch (not IT)
  uint8_t skipped_bytes = 0;  ///< AVR's skips: of the instruction that is skipped, or not
  bool reads_code = false;    ///< AVR: the load is from program memory
  bool shifted = false;       ///< an operand is a shifted register: "add r0, r1, r2, lsl #2"
  bool shifted_constant = false;  ///< an operand is a shifted 8-bit constant: "#0x1fc0"
};

/// How long the instruction is that begins with these two bytes: 2 or 4.
uint8_t instruction_bytes(const std::byte* code, std::string_view isa);

/// Decodes all of `code`, which stands at `address`. Undecodable halfwords become `unknown`.
std::vector<Insn> decode(std::span<const std::byte> code, uint32_t address, std::string_view isa);

/// The mnemonic of the first instruction, for rows about unknown ones: "vmla.f64", ".hword 0xde00".
std::string mnemonic(std::span<const std::byte> code, uint32_t address, std::string_view isa);

}  // namespace assay
