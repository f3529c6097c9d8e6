// Issue of a block on in-order RISC-V cores: one instruction a cycle, results waited for.
#pragma once

#include <span>

#include "hw/core.h"
#include "hw/decode.h"
#include "hw/timer.h"

namespace assay {

/// Fills in the causes and instructions' ticks of `cost`, to the block's end.
/// `core.rules.interlock` must be on.
void issue_scalar(const CoreTiming& core, std::span<const Insn> block, BlockCost& cost);

}  // namespace assay
