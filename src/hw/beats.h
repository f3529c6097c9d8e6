// Issue of a block on the Cortex-M55: vectors take beats that overlap between pipes.
#pragma once

#include <span>

#include "hw/core.h"
#include "hw/decode.h"
#include "hw/timer.h"

namespace assay {

/// Fills in the causes and instructions' ticks of `cost` to the block's end, its branch not taken,
/// and in `cost.taken` what is more if it is. `block` must not be empty and `core.rules.pairing`
/// be Pairing::beats.
void issue_beats(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost);

}  // namespace assay
