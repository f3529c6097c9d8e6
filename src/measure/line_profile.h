// Counts of blocks divided among the lines of source that their instructions come from.
#pragma once

#include <string>
#include <vector>

#include "hw/core.h"
#include "hw/counts.h"
#include "hw/decode.h"
#include "measure/source_lines.h"

namespace assay {

/// What one line did in one function, callees excluded.
struct ProfileLine {
  int function = -1;  ///< of ProfileRegion::functions; -1: in no symbol
  int number = -1;    ///< of SourceLines; -1: code whose line is not known
  std::string file;
  int64_t line = 0;
  std::vector<InlinedCall> inlined;  ///< innermost first; for the lines that take most
  int64_t instructions = 0, loads = 0, stores = 0;
  CauseTicks causes;
  uint32_t hottest = 0;  ///< the address of its instruction that takes most
};

/// What each instruction of a block did, from what the block did: sums of the parts are the whole.
struct InsnShare {
  int64_t instructions = 0, loads = 0, stores = 0;
  CauseTicks causes;
};
std::vector<InsnShare> divide_among(const CoreTiming& core, std::span<const Insn> block,
                                    const Counts& counts);

}  // namespace assay
