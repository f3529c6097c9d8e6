// Thumb machine code (Armv6-M to Armv8-M) to instructions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hw/decode.h"

namespace assay {

std::vector<Insn> decode_thumb(std::span<const std::byte> code, uint32_t address,
                               std::string_view isa);
/// Bytes of the instruction whose first halfword stands at `code`.
uint8_t thumb_bytes(const std::byte* code);
std::string thumb_mnemonic(std::span<const std::byte> code, uint32_t address, std::string_view isa);

}  // namespace assay
