// Instructions that a part does not have, though the emulator has them.
#pragma once

#include <span>
#include <string>

#include "hw/core.h"
#include "hw/target.h"

namespace assay {

/// Why the part cannot run the code at the address: its first instruction that it lacks, as
/// "undefined on Cortex-M0+: sdiv at 0x..."; "" if it lacks none.
std::string lacking(const Target& target, const CoreTiming& core, uint32_t address,
                    std::span<const std::byte> code);

}  // namespace assay
