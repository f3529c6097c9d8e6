// Issue of a block on cores that wait for results, not for instructions: Cortex-M33 and Cortex-M7.
#pragma once

#include <cstdint>
#include <span>

#include "hw/core.h"
#include "hw/decode.h"

namespace assay {

struct IssueTime {
  int64_t cycles = 0;        ///< to the block's end, its branch not taken
  int64_t taken_cycles = 0;  ///< more if it is taken
};

/// `block` must not be empty and `core.rules.pairing` not Pairing::none.
IssueTime issue_block(const CoreTiming& core, std::span<const Insn> block);

/// Cycles for which an instruction keeps the issue stage busy, nothing stalled.
int issue_cycles(const CoreTiming& core, const Insn& insn);

}  // namespace assay
