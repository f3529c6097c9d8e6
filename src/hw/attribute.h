// Which cause the issue of an instruction counts to.
#pragma once

#include "hw/cause.h"
#include "hw/core.h"
#include "hw/decode.h"

namespace assay {

/// What the instruction does for the program. PUSH and POP are part of calls.
Cause issue_cause(const Insn& insn);

/// What an instruction makes those wait for that use its result.
Cause wait_cause(const Insn& insn);

/// The cycles for which an instruction keeps the issue stage busy (issue_cycles), by cause: the
/// transfers of loads and stores and one cycle of all else are issue, more is waiting.
CauseTicks issue_ticks(const CoreTiming& core, const Insn& insn);

}  // namespace assay
