// Issue of a block on cores that wait for results, not for instructions: Cortex-M33 and Cortex-M7.
#pragma once

#include <span>

#include "hw/core.h"
#include "hw/decode.h"
#include "hw/timer.h"

namespace assay {

/// Fills in the causes and instructions' ticks of `cost`: to the block's end, its branch not taken;
/// and in `cost.taken` what is more if it is. `block` must not be empty and `core.rules.pairing`
/// not Pairing::none.
void issue_block(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost);

/// Cycles for which an instruction keeps the issue stage busy, nothing stalled.
int issue_cycles(const CoreTiming& core, const Insn& insn);

}  // namespace assay
