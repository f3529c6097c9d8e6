// Instructions that Armv8.1-M adds: vectors (MVE), low-overhead loops, conditional selection. The
// decoder asks here first; our Capstone knows none of them.
#pragma once

#include <cstdint>
#include <string>

#include "hw/decode.h"

namespace assay {

/// Fills in `insn`, whose address and size are set; false if the encoding is none of these.
bool decode_mve(uint16_t first, uint16_t second, Insn& insn);

/// Mnemonics of the row of the table that the encoding fits; "" if there is none.
std::string_view mve_mnemonics(uint16_t first, uint16_t second);

}  // namespace assay
